package io.covey.trainer.engine.shape;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.reshaping.Cropping;
import io.covey.trainer.layers.reshaping.IndexLayer;
import io.covey.trainer.layers.reshaping.Permute;
import io.covey.trainer.layers.reshaping.RepeatVector;
import io.covey.trainer.layers.reshaping.Reshape;
import io.covey.trainer.layers.reshaping.UpSampling;
import io.covey.trainer.layers.reshaping.ZeroPadding;
import java.util.Arrays;
import java.util.List;

/** Lowers the layers that give their input another shape or move its numbers. */
public final class ShapeLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(
                Flatten.class,
                (layer, call) -> call.output(call.reshaped(
                        call.input(), call.rows(), call.input().value().size() / call.rows())));
        registry.register(
                Reshape.class,
                (layer, call) -> call.output(call.reshaped(
                        call.input(), withRows(call, layer.outputShape(List.of(sampleShape(call.input())))))));
        registry.register(Permute.class, ShapeLowerings::gather);
        registry.register(RepeatVector.class, ShapeLowerings::gather);
        registry.register(ZeroPadding.class, ShapeLowerings::gather);
        registry.register(Cropping.class, ShapeLowerings::gather);
        registry.register(UpSampling.class, ShapeLowerings::upSampling);
    }

    private static void gather(IndexLayer layer, Lowering call) {
        List<Integer> inputShape = sampleShape(call.input());
        add(layer, call, new int[][] {layer.sources(inputShape)}, null);
    }

    private static void upSampling(UpSampling layer, Lowering call) {
        if (!layer.isBilinear()) {
            gather(layer, call);
            return;
        }
        List<Integer> inputShape = sampleShape(call.input());
        List<Integer> outputShape = layer.outputShape(List.of(inputShape));
        int[][] sources = new int[4][];
        float[][] weights = new float[4][];
        for (int corner = 0; corner < sources.length; corner++) {
            boolean[] upper = {corner >= 2, corner % 2 == 1};
            sources[corner] = layer.sources(inputShape, upper);
            weights[corner] = weights(layer, outputShape, upper);
        }
        add(layer, call, sources, weights);
    }

    private static float[] weights(UpSampling layer, List<Integer> outputShape, boolean[] upper) {
        int height = outputShape.get(layer.firstAxis());
        int width = outputShape.get(layer.firstAxis() + 1);
        // Numbers that share a place: the channels, which are innermost or outermost.
        int inner = layer.firstAxis() == 0 ? outputShape.get(2) : 1;
        float[] weights = new float[outputShape.stream().reduce(1, Math::multiplyExact)];
        for (int i = 0; i < weights.length; i++) {
            float down = layer.upperWeight(0, i / (inner * width) % height);
            float right = layer.upperWeight(1, i / inner % width);
            weights[i] = (upper[0] ? down : 1 - down) * (upper[1] ? right : 1 - right);
        }
        return weights;
    }

    private static void add(IndexLayer layer, Lowering call, int[][] sources, float[][] weights) {
        Signal in = call.plainInput();
        Signal out = call.signal(withRows(call, layer.outputShape(List.of(sampleShape(in)))));
        call.add(new GatherOp(sources, weights, in, out));
        call.forget(in);
        call.forget(out);
        call.output(out);
    }

    private static List<Integer> sampleShape(Signal signal) {
        return Arrays.stream(signal.value().shape()).skip(1).boxed().toList();
    }

    private static int[] withRows(Lowering call, List<Integer> sampleShape) {
        int[] shape = new int[sampleShape.size() + 1];
        shape[0] = call.rows();
        for (int i = 1; i < shape.length; i++) {
            shape[i] = sampleShape.get(i - 1);
        }
        return shape;
    }
}
