package io.covey.trainer.engine.merging;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.merging.Concatenate;
import io.covey.trainer.layers.merging.Dot;
import io.covey.trainer.layers.merging.Merge;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;

/** Lowers the layers that make one tensor of several. */
public final class MergingLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(Merge.class, MergingLowerings::merge);
        registry.register(Concatenate.class, MergingLowerings::concatenate);
        registry.register(Dot.class, MergingLowerings::dot);
    }

    private static void merge(Merge layer, Lowering call) {
        List<Signal> inputs = call.inputs();
        if (layer.operation() == Merge.Operation.ADD && haveOneFormat(inputs)) {
            Signal first = inputs.get(0);
            Signal out = new Signal(
                    call.scope().tensorLike(first.value()),
                    call.needsGradient() ? call.scope().tensorLike(first.value()) : null);
            call.add(new AddOp(inputs, out));
            call.output(out);
            return;
        }
        List<Signal> plain = inputs.stream().map(call::plain).toList();
        Signal out = call.signal(shape(call, layer.outputShape(shapes(plain))));
        call.add(new MergeOp(layer.operation(), plain, out));
        call.output(out);
    }

    private static boolean haveOneFormat(List<Signal> inputs) {
        return inputs.stream()
                .allMatch(input -> Arrays.equals(
                                input.value().shape(), inputs.get(0).value().shape())
                        && dnnl.dnnl_memory_desc_equal(
                                        input.value().desc(),
                                        inputs.get(0).value().desc())
                                != 0);
    }

    private static void concatenate(Concatenate layer, Lowering call) {
        List<Signal> inputs = call.inputs().stream().map(call::plain).toList();
        List<Integer> outputShape = layer.outputShape(shapes(inputs));
        Signal out = call.signal(shape(call, outputShape));
        call.add(new ConcatenateOp(layer.axis(outputShape.size()), inputs, out));
        call.output(out);
    }

    private static void dot(Dot layer, Lowering call) {
        Signal left = call.plain(call.inputs().get(0));
        Signal right = call.plain(call.inputs().get(1));
        Signal out = call.signal(shape(call, layer.outputShape(shapes(List.of(left, right)))));
        call.add(new DotOp(layer, left, right, out));
        call.output(out);
    }

    private static List<List<Integer>> shapes(List<Signal> signals) {
        return signals.stream()
                .map(signal ->
                        Arrays.stream(signal.value().shape()).skip(1).boxed().toList())
                .toList();
    }

    private static int[] shape(Lowering call, List<Integer> sampleShape) {
        int[] shape = new int[sampleShape.size() + 1];
        shape[0] = call.rows();
        for (int i = 1; i < shape.length; i++) {
            shape[i] = sampleShape.get(i - 1);
        }
        return shape;
    }
}
