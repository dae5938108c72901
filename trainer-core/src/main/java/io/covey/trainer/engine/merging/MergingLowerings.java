package io.covey.trainer.engine.merging;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Role;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.layers.merging.Concatenate;
import io.covey.trainer.layers.merging.Dot;
import io.covey.trainer.layers.merging.Merge;
import java.util.ArrayList;
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
        if (!call.noted().isEmpty()) {
            call.noteMask(union(call, call.noted()));
        }
        if (layer.operation() == Merge.Operation.ADD && haveOneFormat(inputs)) {
            Signal first = inputs.get(0);
            Signal out = call.scope().signalLike(Role.VALUE, first.value(), call.needsGradient());
            call.add(new AddOp(inputs, out));
            inputs.forEach(call::forget);
            call.forget(out);
            call.output(out.withMask(union(call, inputs)));
            return;
        }
        List<Signal> plain = inputs.stream().map(call::plain).toList();
        Tensor mask = union(call, inputs);
        Signal out = call.signal(shape(call, layer.outputShape(shapes(plain))));
        switch (layer.operation()) {
            case MULTIPLY -> multiply(call, plain, out, mask);
            case MAXIMUM -> extreme(call, layer.operation(), Float.NEGATIVE_INFINITY, plain, out, mask);
            case MINIMUM -> extreme(call, layer.operation(), Float.POSITIVE_INFINITY, plain, out, mask);
            case ADD, AVERAGE, SUBTRACT -> {
                call.add(new MergeOp(layer.operation(), plain, out));
                call.output(out.withMask(mask));
            }
        }
    }

    /** As Keras does: what a mask leaves out is no factor, and where masks leave out all factors the product is 0. */
    private static void multiply(Lowering call, List<Signal> plain, Signal product, Tensor productMask) {
        List<Signal> factors = new ArrayList<>();
        for (int i = 0; i < plain.size(); i++) {
            Tensor mask = mask(call, i, product);
            factors.add(mask == null ? plain.get(i) : filled(call, plain.get(i), 1f, mask, null));
        }
        call.add(new MergeOp(Merge.Operation.MULTIPLY, factors, product));
        Signal output = productMask == null ? product : filled(call, product, 0f, productMask, null);
        call.output(output.withMask(productMask));
    }

    /** As Keras does: only numbers that no mask leaves out are compared; where masks leave out all, the first one is taken. */
    private static void extreme(
            Lowering call,
            Merge.Operation operation,
            float neverTaken,
            List<Signal> plain,
            Signal output,
            Tensor outputMask) {
        List<Signal> compared = new ArrayList<>();
        for (int i = 0; i < plain.size(); i++) {
            Tensor mask = mask(call, i, output);
            Tensor among = i == 0 ? outputMask : null;
            compared.add(mask == null ? plain.get(i) : filled(call, plain.get(i), neverTaken, mask, among));
        }
        call.add(new MergeOp(operation, compared, output));
        call.output(output.withMask(outputMask));
    }

    /** An input's mask; none where the input is shorter than the output, since Keras' new axis in front of it drops the mask. */
    private static Tensor mask(Lowering call, int input, Signal output) {
        Signal signal = call.inputs().get(input);
        return signal.value().shape().length == output.value().shape().length ? signal.mask() : null;
    }

    private static Signal filled(Lowering call, Signal input, float fill, Tensor mask, Tensor among) {
        Signal filled = new Signal(
                call.scope().tensor(Role.VALUE, input.value().shape()),
                input.gradient() == null
                        ? null
                        : call.scope().tensor(Role.GRADIENT, input.value().shape()));
        call.add(new FillMaskedOp(fill, mask, among, input, filled));
        return filled;
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
        int axis = layer.axis(outputShape.size());
        call.add(new ConcatenateOp(axis, inputs, out));
        inputs.forEach(call::forget);
        call.forget(out);
        boolean isLast = axis == outputShape.size() - 1;
        if (!call.noted().isEmpty()) {
            call.noteMask(isLast ? union(call, call.noted()) : joined(call, call.noted(), axis));
        }
        call.output(out.withMask(isLast ? union(call, call.inputs()) : joined(call, call.inputs(), axis)));
    }

    /** A position counts if it does in any input; without a mask all positions do. */
    private static Tensor union(Lowering call, List<Signal> inputs) {
        if (inputs.stream().anyMatch(input -> input.mask() == null)) {
            return null;
        }
        List<Tensor> masks = inputs.stream().map(Signal::mask).distinct().toList();
        if (masks.size() == 1) {
            return masks.get(0);
        }
        List<Signal> signals =
                masks.stream().map(mask -> new Signal(mask, null)).toList();
        Signal union = new Signal(
                call.scope().tensor(shape(call, new Merge(Merge.Operation.MAXIMUM).outputShape(shapes(signals)))),
                null);
        call.add(new MergeOp(Merge.Operation.MAXIMUM, signals, union));
        return union.value();
    }

    /** The masks along the axis on which the inputs are joined; an input without one counts everywhere. */
    private static Tensor joined(Lowering call, List<Signal> inputs, int axis) {
        if (inputs.stream().allMatch(input -> input.mask() == null)) {
            return null;
        }
        List<Signal> masks = new ArrayList<>();
        for (Signal input : inputs) {
            Tensor mask = input.mask();
            if (mask == null) {
                int[] shape = input.value().shape();
                mask = call.scope().tensor(Arrays.copyOf(shape, shape.length - 1));
                float[] ones = new float[mask.size()];
                Arrays.fill(ones, 1f);
                mask.values().put(0, ones);
            }
            masks.add(new Signal(mask, null));
        }
        List<Integer> sample = new Concatenate(axis + 1).outputShape(shapes(masks));
        Signal joined = new Signal(call.scope().tensor(shape(call, sample)), null);
        call.add(new ConcatenateOp(axis, masks, joined));
        return joined.value();
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
