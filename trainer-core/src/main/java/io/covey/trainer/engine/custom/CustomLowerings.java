package io.covey.trainer.engine.custom;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.custom.SameDiffLayer;
import java.util.Arrays;
import java.util.List;

/** Lowers the subclasses of {@link SameDiffLayer}. */
public final class CustomLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(SameDiffLayer.class, CustomLowerings::lower);
    }

    private static void lower(SameDiffLayer layer, Lowering call) {
        List<Signal> inputs = call.inputs().stream().map(call::plain).toList();
        List<List<Integer>> shapes = inputs.stream()
                .map(input ->
                        Arrays.stream(input.value().shape()).skip(1).boxed().toList())
                .toList();
        List<Integer> sampleShape = layer.outputShape(shapes);
        int[] shape = new int[sampleShape.size() + 1];
        shape[0] = call.rows();
        for (int i = 1; i < shape.length; i++) {
            shape[i] = sampleShape.get(i - 1);
        }
        Signal out = call.signal(shape);
        call.add(new SameDiffOp(layer, call, inputs, out));
        call.output(out);
    }
}
