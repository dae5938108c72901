package io.covey.trainer.engine.convolution;

import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.testing.LayerProbe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All layers that convolve, on random shapes and arguments, against the definition in float64. */
@Timeout(120)
class ConvolutionTest {
    private static final int CASES = 25;
    /** A sum has at most a few hundred terms of size 1: this is some 20 units in the last place of its largest. */
    private static final double TOLERANCE = 2e-6;

    /** What was drawn for one case. */
    private static final class Draw {
        final SplittableRandom random;
        final long seed;
        final int rank;
        final int rows;
        final int channels;
        final int filters;
        final int groups;
        final int[] in;
        final int[] kernel;
        final int[] strides;
        final int[] dilation;
        final String padding;
        final boolean bias;
        final boolean relu;

        Draw(long seed, int rank, boolean bothStridesAndDilation, String... paddings) {
            this.seed = seed;
            this.rank = rank;
            random = new SplittableRandom(seed);
            rows = 1 + random.nextInt(3);
            groups = 1 + random.nextInt(3);
            channels = groups * (1 + random.nextInt(3));
            filters = groups * (1 + random.nextInt(4));
            kernel = sizes(1, rank == 3 ? 3 : 5);
            boolean dilated = random.nextBoolean();
            strides = dilated && !bothStridesAndDilation ? ones() : sizes(1, 4);
            dilation = dilated ? sizes(1, 4) : ones();
            in = new int[rank];
            for (int axis = 0; axis < rank; axis++) {
                in[axis] = extent(axis) + random.nextInt(4);
            }
            padding = paddings[random.nextInt(paddings.length)];
            bias = random.nextBoolean();
            relu = random.nextBoolean();
        }

        private int[] sizes(int from, int to) {
            return random.ints(rank, from, to).toArray();
        }

        private int[] ones() {
            int[] ones = new int[rank];
            Arrays.fill(ones, 1);
            return ones;
        }

        int extent(int axis) {
            return (kernel[axis] - 1) * dilation[axis] + 1;
        }

        /** Keras' rule: see TensorFlow's nn_ops_internal on padding. */
        DoubleConvolution reference(int convGroups, int outChannels) {
            int[] out = new int[rank];
            int[] before = new int[rank];
            for (int axis = 0; axis < rank; axis++) {
                int stride = strides[axis];
                if (padding.equals("valid")) {
                    out[axis] = (in[axis] - extent(axis)) / stride + 1;
                } else {
                    out[axis] = (in[axis] + stride - 1) / stride;
                    before[axis] = padding.equals("causal")
                            ? extent(axis) - 1
                            : Math.max((out[axis] - 1) * stride + extent(axis) - in[axis], 0) / 2;
                }
            }
            return reference(convGroups, outChannels, out, before);
        }

        DoubleConvolution reference(int convGroups, int outChannels, int[] out, int[] before) {
            int[] zeros = new int[3];
            System.arraycopy(before, 0, zeros, 3 - rank, rank);
            return new DoubleConvolution(
                    rows,
                    convGroups,
                    channels,
                    outChannels,
                    DoubleConvolution.three(in),
                    DoubleConvolution.three(out),
                    DoubleConvolution.three(kernel),
                    DoubleConvolution.three(strides),
                    DoubleConvolution.three(dilation),
                    zeros);
        }

        Layer layer(String name, Map<String, Object> more) {
            Map<String, Object> arguments = new HashMap<>(more);
            arguments.put("kernel_size", list(kernel));
            arguments.put("strides", list(strides));
            arguments.put("dilation_rate", list(dilation));
            arguments.put("padding", padding);
            arguments.put("use_bias", bias);
            arguments.put("activation", relu ? "relu" : "linear");
            return LayerTypes.create(name, arguments);
        }

        void check(Layer layer, LayerProbe.Formula formula) {
            List<Integer> shape = new ArrayList<>(list(in));
            shape.add(channels);
            new LayerProbe(shape, rows, true, seed, TOLERANCE, layer)
                    .check((x, weights) -> DoubleConvolution.finish(
                            formula.outputs(x, weights), bias ? weights.get(weights.size() - 1) : null, relu));
        }

        static List<Integer> list(int[] values) {
            return Arrays.stream(values).boxed().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldMatchDefinitionWhenConvolving(int rank) {
        for (int i = 0; i < CASES; i++) {
            Draw draw = rank == 1
                    ? new Draw(1000 + i, rank, false, "valid", "same", "causal")
                    : new Draw(1000 * rank + i, rank, false, "valid", "same");
            DoubleConvolution reference = draw.reference(draw.groups, draw.filters);
            draw.check(
                    draw.layer("Conv" + rank + "D", Map.of("filters", draw.filters, "groups", draw.groups)),
                    (x, weights) -> reference.convolve(x, weights.get(0)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldMatchDefinitionWhenConvolvingEachChannelAlone(int rank) {
        for (int i = 0; i < CASES; i++) {
            Draw draw = new Draw(5000 * rank + i, rank, true, "valid", "same");
            int multiplier = 1 + draw.random.nextInt(3);
            DoubleConvolution reference = draw.reference(draw.channels, draw.channels * multiplier);
            draw.check(
                    draw.layer("DepthwiseConv" + rank + "D", Map.of("depth_multiplier", multiplier)),
                    (x, weights) -> reference.convolve(x, weights.get(0)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldMatchDefinitionWhenSeparable(int rank) {
        for (int i = 0; i < CASES; i++) {
            Draw draw = new Draw(15000 * rank + i, rank, true, "valid", "same");
            int multiplier = 1 + draw.random.nextInt(3);
            int inner = draw.channels * multiplier;
            DoubleConvolution spatial = draw.reference(draw.channels, inner);
            draw.check(
                    draw.layer(
                            "SeparableConv" + rank + "D",
                            Map.of("filters", draw.filters, "depth_multiplier", multiplier)),
                    (x, weights) ->
                            pointwise(spatial.convolve(x, weights.get(0)), weights.get(1), inner, draw.filters));
        }
    }

    private static double[] pointwise(double[] x, double[] w, int in, int out) {
        double[] y = new double[x.length / in * out];
        for (int position = 0; position < x.length / in; position++) {
            for (int o = 0; o < out; o++) {
                for (int i = 0; i < in; i++) {
                    y[position * out + o] += x[position * in + i] * w[i * out + o];
                }
            }
        }
        return y;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldMatchDefinitionWhenTransposed(int rank) {
        for (int i = 0; i < CASES; i++) {
            Draw draw = new Draw(25000 * rank + i, rank, false, "valid", "same");
            boolean isSame = draw.padding.equals("same");
            Map<String, Object> arguments = new HashMap<>(Map.of("filters", draw.filters));
            int[] out = new int[rank];
            int[] before = new int[rank];
            int[] extra = new int[rank];
            boolean isExtra = draw.random.nextBoolean();
            for (int axis = 0; axis < rank; axis++) {
                draw.in[axis] = 1 + draw.random.nextInt(4);
                int inner = (draw.in[axis] - 1) * draw.strides[axis];
                int extent = draw.extent(axis);
                extra[axis] = draw.random.nextInt(draw.strides[axis]);
                // Keras has no output there.
                isExtra &= !(isSame && extent % 2 == 0 && extra[axis] == 0);
                out[axis] = isSame ? draw.in[axis] * draw.strides[axis] : inner + Math.max(extent, draw.strides[axis]);
            }
            if (isExtra) {
                arguments.put("output_padding", Draw.list(extra));
                for (int axis = 0; axis < rank; axis++) {
                    int inner = (draw.in[axis] - 1) * draw.strides[axis];
                    int extent = draw.extent(axis);
                    out[axis] = inner + (isSame ? extent % 2 : extent) + extra[axis];
                }
            }
            for (int axis = 0; axis < rank; axis++) {
                int inner = (draw.in[axis] - 1) * draw.strides[axis];
                before[axis] = isSame ? Math.max(inner + draw.extent(axis) - out[axis], 0) / 2 : 0;
            }
            DoubleConvolution reference = draw.reference(1, draw.filters, out, before);
            draw.check(
                    draw.layer("Conv" + rank + "DTranspose", arguments),
                    (x, weights) -> reference.transposed(x, weights.get(0)));
        }
    }

    @Test
    void shouldMatchDefinitionWhenChannelsFillVectorRegisters() {
        for (int i = 0; i < 3; i++) {
            Draw draw = new Draw(90000 + i, 2, false, "valid", "same");
            DoubleConvolution reference = draw.reference(1, 32);
            draw.check(
                    draw.layer("Conv2D", Map.of("filters", 32)), (x, weights) -> reference.convolve(x, weights.get(0)));
        }
    }
}
