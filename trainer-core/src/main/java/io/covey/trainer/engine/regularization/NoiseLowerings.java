package io.covey.trainer.engine.regularization;

import io.covey.trainer.CoveyException;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.regularization.ActivityRegularization;
import io.covey.trainer.layers.regularization.AlphaDropout;
import io.covey.trainer.layers.regularization.Dropout;
import io.covey.trainer.layers.regularization.GaussianDropout;
import io.covey.trainer.layers.regularization.GaussianNoise;
import io.covey.trainer.layers.regularization.SpatialDropout;
import java.util.List;

/** Lowers the layers that disturb their input in training; otherwise they are the identity. */
public final class NoiseLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(
                Dropout.class,
                (layer, call) ->
                        lower(call, Noise.dropout(layer.rate()), layer.rate(), layer.seed(), layer.noiseShape()));
        registry.register(
                SpatialDropout.class,
                (layer, call) ->
                        lower(call, Noise.dropout(layer.rate()), layer.rate(), layer.seed(), layer.noiseShape()));
        registry.register(
                AlphaDropout.class,
                (layer, call) ->
                        lower(call, Noise.alphaDropout(layer.rate()), layer.rate(), layer.seed(), layer.noiseShape()));
        registry.register(
                GaussianDropout.class,
                (layer, call) ->
                        lower(call, Noise.gaussianDropout(layer.rate()), layer.rate(), layer.seed(), List.of()));
        registry.register(
                GaussianNoise.class,
                (layer, call) ->
                        lower(call, Noise.gaussianNoise(layer.stddev()), layer.stddev(), layer.seed(), List.of()));
        registry.register(ActivityRegularization.class, (layer, call) -> call.output(call.input()));
    }

    private static void lower(Lowering call, Noise noise, double strength, Long seed, List<Integer> noiseShape) {
        if (!call.isTraining() || strength == 0) {
            call.output(call.input());
            return;
        }
        Signal in = call.plainInput();
        Signal out = call.signalLike(in);
        int[] shape = in.value().shape();
        boolean sharesRows = !noiseShape.isEmpty() && noiseShape.get(0) == 1 && shape[0] != 1;
        call.add(new NoiseOp(
                noise,
                call.runKey(),
                call.randomStream(),
                seed == null ? 0 : seed + 1,
                places(call, shape, noiseShape),
                sharesRows,
                in,
                out));
        call.forget(in);
        call.forget(out);
        call.output(out);
    }

    private static int[] places(Lowering call, int[] shape, List<Integer> noiseShape) {
        if (!noiseShape.isEmpty() && noiseShape.size() != shape.length) {
            throw CoveyException.caller("layer " + call.name() + ": noise_shape has " + noiseShape.size()
                    + " axes, the input has " + shape.length + " with the batch axis");
        }
        int size = 1;
        int maskStride = 1;
        int[] strides = new int[shape.length];
        for (int axis = shape.length - 1; axis > 0; axis--) {
            int mask = noiseShape.isEmpty() || noiseShape.get(axis) == 0 ? shape[axis] : noiseShape.get(axis);
            if (mask != 1 && mask != shape[axis]) {
                throw CoveyException.caller("layer " + call.name() + ": noise_shape is " + noiseShape + ", axis " + axis
                        + " must be 1 or the input's " + shape[axis]);
            }
            strides[axis] = mask == 1 ? 0 : maskStride;
            maskStride *= mask;
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
