package io.covey.trainer.engine.shape;

import io.covey.trainer.engine.ChannelsFirst;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.layers.reshaping.Cropping;
import io.covey.trainer.layers.reshaping.IndexLayer;
import io.covey.trainer.layers.reshaping.Interpolation;
import io.covey.trainer.layers.reshaping.Permute;
import io.covey.trainer.layers.reshaping.RepeatVector;
import io.covey.trainer.layers.reshaping.Reshape;
import io.covey.trainer.layers.reshaping.UpSampling;
import io.covey.trainer.layers.reshaping.ZeroPadding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lowers the layers that give their input another shape or move its numbers. */
public final class ShapeLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(
                Flatten.class,
                ChannelsFirst.or((layer, call) -> call.output(call.reshaped(
                        call.input(), call.rows(), call.input().value().size() / call.rows()))));
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

    private static void upSampling(UpSampling layer, Lowering call) {
        if (layer.interpolation() == Interpolation.NEAREST) {
            gather(layer, call);
            return;
        }
        List<Integer> outputShape = layer.outputShape(List.of(sampleShape(call.input())));
        Signal signal = call.plainInput();
        for (int axis = layer.firstAxis(); axis < layer.firstAxis() + 2; axis++) {
            signal = resized(call, signal, axis, outputShape.get(axis), layer.interpolation());
        }
        call.output(signal);
    }

    /** Gives one axis of a sample another length. */
    private static Signal resized(Lowering call, Signal in, int axis, int newLength, Interpolation interpolation) {
        List<Integer> shape = new ArrayList<>(sampleShape(in));
        int length = shape.set(axis, newLength);
        Interpolation.Taps taps = interpolation.taps(length, newLength);
        int inner = shape.subList(axis + 1, shape.size()).stream().reduce(1, Math::multiplyExact);
        int size = shape.stream().reduce(1, Math::multiplyExact);
        int[][] sources = new int[taps.sources().length][size];
        float[][] weights = new float[sources.length][size];
        for (int tap = 0; tap < sources.length; tap++) {
            for (int i = 0; i < size; i++) {
                int place = i / inner % newLength;
                int source = taps.sources()[tap][place];
                sources[tap][i] = source < 0 ? source : (i / inner / newLength * length + source) * inner + i % inner;
                weights[tap][i] = taps.weights()[tap][place];
            }
        }
        Signal out = call.signal(withRows(call, shape));
        call.add(new GatherOp(sources, weights, in, out));
        return out;
    }

    private static void gather(IndexLayer layer, Lowering call) {
        Signal in = call.plainInput();
        Signal out = call.signal(withRows(call, layer.outputShape(List.of(sampleShape(in)))));
        call.add(new GatherOp(new int[][] {layer.sources(sampleShape(in))}, null, in, out));
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
