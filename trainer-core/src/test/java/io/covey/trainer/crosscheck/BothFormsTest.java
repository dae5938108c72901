package io.covey.trainer.crosscheck;

import io.covey.trainer.activations.Activation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments.ArgumentSet;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

import static io.covey.trainer.crosscheck.Pair.layer;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/** Every operation that both oneDNN and Deeplearning4j have, on random shapes and arguments. */
@Timeout(120)
class BothFormsTest {
    private static final long SEED = 31;
    private static final int TRIALS = 8;

    /** Deeplearning4j's form of the activations that oneDNN computes. */
    private static final Map<Activation, Function<SameDiff, Function<SDVariable, SDVariable>>> ACTIVATIONS =
            new EnumMap<>(Map.of(
                    Activation.RELU, graph -> x -> graph.nn().relu(x, 0),
                    Activation.TANH, graph -> x -> graph.math().tanh(x),
                    Activation.SIGMOID, graph -> x -> graph.nn().sigmoid(x),
                    Activation.SILU, graph -> x -> graph.nn().swish(x),
                    Activation.SOFTPLUS, graph -> x -> graph.nn().softplus(x),
                    Activation.LOG_SIGMOID, graph -> x -> graph.nn().logSigmoid(x),
                    Activation.ELU, graph -> x -> graph.nn().elu(x),
                    Activation.LEAKY_RELU, graph -> x -> graph.nn().leakyRelu(x, 0.2),
                    Activation.SOFTMAX, graph -> x -> graph.nn().softmax(x, -1)));

    private static ArgumentSet set(String name, Function<SplittableRandom, Pair> kind) {
        return argumentSet(name, kind);
    }

    static Stream<ArgumentSet> kinds() {
        List<ArgumentSet> kinds = new ArrayList<>(List.of(
                set("Dense", BothFormsTest::dense),
                set("Conv1D", ConvolutionPairs::conv1d),
                set("Conv2D", ConvolutionPairs::conv2d),
                set("Conv3D", ConvolutionPairs::conv3d),
                set("Conv2DTranspose", ConvolutionPairs::transposed),
                set("DepthwiseConv2D", ConvolutionPairs::depthwise),
                set("SeparableConv2D", ConvolutionPairs::separable),
                set("MaxPooling2D", random -> ConvolutionPairs.pooling(random, true)),
                set("AveragePooling2D", random -> ConvolutionPairs.pooling(random, false)),
                set("BatchNormalization", BothFormsTest::batchNormalization),
                set("LayerNormalization", BothFormsTest::layerNormalization),
                set("LSTM", RecurrentPairs::lstm),
                set("GRU", RecurrentPairs::gru),
                set("SimpleRNN", RecurrentPairs::simpleRnn)));
        ACTIVATIONS.forEach((activation, form) ->
                kinds.add(set(activation.kerasName(), random -> activation(random, activation, form))));
        return kinds.stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldAgreeOnOutputsAndGradientsWhenShapesAndArgumentsAreRandom(Function<SplittableRandom, Pair> kind) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < TRIALS; trial++) {
            kind.apply(random).compare(random, SEED);
        }
    }

    private static Pair dense(SplittableRandom random) {
        int in = 1 + random.nextInt(20);
        int units = 1 + random.nextInt(20);
        boolean bias = random.nextBoolean();
        Activation activation = random.nextBoolean() ? Activation.RELU : Activation.TANH;
        Twin.Expression expression = (graph, inputs, weights) -> {
            SDVariable product = inputs.get(0).mmul(weights.get(0));
            return ACTIVATIONS.get(activation).apply(graph).apply(bias ? product.add(weights.get(1)) : product);
        };
        return new Pair(
                layer("Dense", Map.of("units", units, "use_bias", bias, "activation", activation.kerasName())),
                expression,
                in);
    }

    private static Pair activation(
            SplittableRandom random, Activation activation, Function<SameDiff, Function<SDVariable, SDVariable>> form) {
        return new Pair(
                layer("Activation", Map.of("activation", activation.kerasName())),
                (graph, inputs, weights) -> form.apply(graph).apply(inputs.get(0)),
                1 + random.nextInt(6),
                2 + random.nextInt(12));
    }

    private static Pair batchNormalization(SplittableRandom random) {
        double epsilon = random.nextBoolean() ? 1e-3 : 0.1;
        return new Pair(
                layer("BatchNormalization", Map.of("epsilon", epsilon)),
                (graph, inputs, weights) -> normalized(inputs.get(0), epsilon, 0, 1, 2)
                        .mul(weights.get(0))
                        .add(weights.get(1)),
                2 + random.nextInt(4),
                2 + random.nextInt(4),
                1 + random.nextInt(12));
    }

    private static Pair layerNormalization(SplittableRandom random) {
        double epsilon = random.nextBoolean() ? 1e-3 : 0.1;
        return new Pair(
                layer("LayerNormalization", Map.of("epsilon", epsilon)),
                (graph, inputs, weights) -> normalized(inputs.get(0), epsilon, 2)
                        .mul(weights.get(0))
                        .add(weights.get(1)),
                2 + random.nextInt(4),
                2 + random.nextInt(12));
    }

    private static SDVariable normalized(SDVariable x, double epsilon, int... axes) {
        SDVariable centered = x.sub(x.mean(true, axes));
        SDVariable variance = centered.mul(centered).mean(true, axes);
        return centered.div(variance.add(epsilon).pow(0.5));
    }
}
