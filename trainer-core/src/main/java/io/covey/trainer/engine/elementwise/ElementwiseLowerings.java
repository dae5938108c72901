package io.covey.trainer.engine.elementwise;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.activations.ExponentialUnits;
import io.covey.trainer.activations.Rectifiers;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.engine.HeapGradient;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.activations.ELU;
import io.covey.trainer.layers.activations.LeakyReLU;
import io.covey.trainer.layers.activations.PReLU;
import io.covey.trainer.layers.activations.ReLU;
import io.covey.trainer.layers.activations.Softmax;
import io.covey.trainer.layers.core.ActivationLayer;
import io.covey.trainer.layers.core.Identity;
import io.covey.trainer.layers.reshaping.Permute;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Lowers the layers that work number by number. */
public final class ElementwiseLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(ActivationLayer.class, (layer, call) -> {
            if (layer.activationLayer() != null) {
                call.outputOf(layer.activationLayer(), call.input());
            } else {
                call.output(Activations.apply(call, layer.activation(), call.input()));
            }
        });
        registry.register(
                Identity.class, (layer, call) -> call.output(Activations.apply(call, Activation.LINEAR, call.input())));
        registry.register(
                LeakyReLU.class,
                (layer, call) -> call.output(Activations.leakyRelu(call, (float) layer.negativeSlope(), call.input())));
        registry.register(
                ELU.class,
                (layer, call) ->
                        call.output(Activations.apply(call, ExponentialUnits.elu(layer.alpha()), call.input())));
        registry.register(
                ReLU.class,
                (layer, call) -> call.output(Activations.apply(
                        call,
                        Rectifiers.relu(layer.negativeSlope(), layer.maxValue(), layer.threshold()),
                        call.input())));
        registry.register(Softmax.class, ElementwiseLowerings::softmax);
        registry.register(PReLU.class, ElementwiseLowerings::prelu);
    }

    private static void softmax(Softmax layer, Lowering call) {
        int rank = call.input().value().shape().length;
        int[] axes = layer.axes(rank);
        int first = axes[0];
        int last = axes[axes.length - 1];
        if (last - first + 1 == axes.length) {
            call.output(Activations.softmax(call, call.input(), first, last));
            return;
        }
        // Axes that lie apart go to the end, and back.
        IntPredicate isNormalized = axis -> Arrays.binarySearch(axes, axis) >= 0;
        List<Integer> order = IntStream.concat(
                        IntStream.range(1, rank).filter(isNormalized.negate()), Arrays.stream(axes))
                .boxed()
                .toList();
        Integer[] back = IntStream.range(1, rank)
                .map(axis -> order.indexOf(axis) + 1)
                .boxed()
                .toArray(Integer[]::new);
        Layer gather = new Permute(order.toArray(Integer[]::new));
        Signal gathered = call.lower(gather, List.of(call.input()), 0, 0).get(0);
        Layer joint = new Softmax(Arguments.of(
                "Softmax",
                Map.of("axis", IntStream.range(rank - axes.length, rank).boxed().toList())));
        Signal normalized = call.lower(joint, List.of(gathered), 0, 0).get(0);
        call.output(call.lower(new Permute(back), List.of(normalized), 0, 0).toArray(Signal[]::new));
    }

    private static void prelu(PReLU layer, Lowering call) {
        Signal in = call.plainInput();
        Signal out = call.signalLike(in);
        int[] places = places(in.value().shape(), call.spec(0).shape());
        call.add(new PReluOp(call.parameter(0), places, new HeapGradient(call.scope(), call.parameter(0)), in, out));
        call.output(out);
    }

    /** Index of the parameter for each number of a sample; the parameter is 1 long along shared axes. */
    private static int[] places(int[] shape, List<Integer> parameterShape) {
        int size = 1;
        int stride = 1;
        int[] strides = new int[shape.length];
        for (int axis = shape.length - 1; axis > 0; axis--) {
            int length = parameterShape.get(axis - 1);
            strides[axis] = length == 1 ? 0 : stride;
            stride *= length;
            size *= shape[axis];
        }
        int[] places = new int[size];
        for (int i = 0; i < size; i++) {
            int rest = i;
            for (int axis = shape.length - 1; axis > 0; axis--) {
                places[i] += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }
        }
        return places;
    }
}
