package io.covey.trainer.gradients;

import io.covey.trainer.layers.LayerProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Every layer that a model can name against numeric gradients. */
@Timeout(120)
class RegisteredLayersTest {
    private static final int ROWS = 3;
    private static final long SEED = 20;

    private static final Map<String, List<Specimen>> SPECIMENS = LayerSpecimens.byClass();

    static Stream<Specimen> specimens() {
        return SPECIMENS.values().stream().flatMap(List::stream);
    }

    @Test
    void shouldHaveASpecimenWhenALayerIsRegistered() {
        TreeSet<String> registered = new TreeSet<>();
        for (LayerProvider provider : ServiceLoader.load(LayerProvider.class)) {
            provider.register((className, constructor) -> registered.add(className));
        }
        assertEquals(registered, new TreeSet<>(SPECIMENS.keySet()));
    }

    @ParameterizedTest
    @MethodSource("specimens")
    void shouldGiveTheNumericGradientsWhenInputsAndWeightsAreRandom(Specimen specimen) {
        try (GradientCheck check = GradientCheck.of(specimen, ROWS, SEED)) {
            check.run();
        }
    }
}
