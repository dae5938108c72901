package io.covey.trainer.gradients;

import io.covey.trainer.activations.Activation;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.covey.trainer.gradients.Specimen.layer;

/** Every activation wherever it can stand: alone, closing layers in C order and in oneDNN's formats, in recurrent cells. */
@Timeout(120)
class ActivationGradientsTest {
    private static final int ROWS = 2;
    private static final long SEED = 7;

    /** Almost flat around the small numbers of a cell. */
    private static final Set<Activation> FLAT =
            Set.of(Activation.HARD_SHRINK, Activation.SOFT_SHRINK, Activation.TANH_SHRINK, Activation.SPARSE_SIGMOID);

    /** Beyond all numbers after a few steps of a cell. */
    private static final Set<Activation> EXPLOSIVE = Set.of(Activation.EXPONENTIAL, Activation.LOG_SOFTMAX);

    @ParameterizedTest
    @EnumSource
    void shouldGiveTheNumericGradientsWhereverTheActivationStands(Activation activation) {
        String name = activation.kerasName();
        Stream<Specimen> alone = Stream.of(
                Specimen.of(layer("Activation", "activation", name), List.of(3, 4)),
                Specimen.of(layer("Dense", "units", 4, "activation", name), List.of(5)));
        // Sparsemax is constant where numbers are as far apart as a Dense layer's.
        alone = activation == Activation.SPARSEMAX ? alone.limit(1) : alone;
        // The others are computed in C order, wherever they stand.
        Stream<Specimen> formatted = !activation.isElementWise()
                ? Stream.empty()
                : Stream.of(
                        Specimen.of(layer("Activation", "activation", name), List.of(2, 2, 8))
                                .behind(layer("Conv2D", "filters", 8, "kernel_size", 1)),
                        Specimen.of(
                                layer("Conv2D", "filters", 8, "kernel_size", 2, "activation", name), List.of(2, 3, 2)));
        boolean fitsCells =
                activation != Activation.GLU && !FLAT.contains(activation) && !EXPLOSIVE.contains(activation);
        Stream<Specimen> inCells = !fitsCells
                ? Stream.empty()
                : Stream.of(
                        Specimen.of(layer("SimpleRNN", "units", 3, "activation", name), List.of(4, 2)),
                        Specimen.of(layer("LSTM", "units", 3, "activation", name), List.of(4, 2)),
                        Specimen.of(layer("LSTM", "units", 3, "recurrent_activation", name), List.of(4, 2)),
                        Specimen.of(layer("GRU", "units", 3, "recurrent_activation", name), List.of(4, 2)));
        Stream.concat(Stream.concat(alone, formatted), inCells).forEach(specimen -> {
            try (GradientCheck check = GradientCheck.of(specimen, ROWS, SEED)) {
                check.run();
            }
        });
    }
}
