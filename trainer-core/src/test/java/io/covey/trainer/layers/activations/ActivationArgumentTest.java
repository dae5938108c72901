package io.covey.trainer.layers.activations;

import io.covey.trainer.CoveyException;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.core.Dense;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(60)
class ActivationArgumentTest {
    private static Dense dense(Object activation) {
        return (Dense) LayerTypes.create("Dense", Map.of("units", 2, "activation", activation));
    }

    private static String refusal(String layer, Object activation) {
        return assertThrows(
                        CoveyException.class,
                        () -> LayerTypes.create(layer, Map.of("units", 2, "activation", activation)))
                .getMessage();
    }

    @Test
    void shouldTakeAFunctionWhenItIsNamedOrAsKerasWritesIt() {
        for (Object written :
                new Object[] {"relu", Map.of("class_name", "function", "config", "relu"), Activation.RELU}) {
            assertEquals(Activation.RELU, dense(written).activation());
            assertNull(dense(written).activationLayer());
        }
    }

    @Test
    void shouldTakeALayerWhenItIsAnObjectOrHasArguments() {
        Object inJobs = Map.of("leaky_relu", Map.of("negative_slope", 0.2));
        Object inFiles = Map.of("class_name", "LeakyReLU", "config", Map.of("negative_slope", 0.2));
        for (Object written : new Object[] {inJobs, inFiles, new LeakyReLU(0.2)}) {
            Layer layer = dense(written).activationLayer();
            assertEquals(0.2, assertInstanceOf(LeakyReLU.class, layer).negativeSlope());
            assertEquals(Activation.LINEAR, dense(written).activation());
        }
    }

    @Test
    void shouldRefuseWhatIsNoActivation() {
        assertEquals(
                "Dense: activation is the layer PReLU, expected a function such as relu, or one of the layers ReLU, LeakyReLU,"
                        + " ELU and Softmax; any other is to follow as a layer of its own",
                refusal("Dense", Map.of("class_name", "PReLU", "config", Map.of())));
        assertEquals("Dense: activation is leaky_relo; did you mean leaky_relu?", refusal("Dense", "leaky_relo"));
        assertEquals(
                "LSTM: activation is leaky_relu with the arguments [negative_slope], but here the function takes none: leave"
                        + " them out",
                refusal("LSTM", Map.of("leaky_relu", Map.of("negative_slope", 0.2))));
    }
}
