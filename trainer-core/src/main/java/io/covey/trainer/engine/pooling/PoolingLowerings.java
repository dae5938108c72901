package io.covey.trainer.engine.pooling;

import io.covey.trainer.engine.ChannelsFirst;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.convolutional.Padding;
import io.covey.trainer.layers.convolutional.Window;
import io.covey.trainer.layers.pooling.AveragePooling1D;
import io.covey.trainer.layers.pooling.AveragePooling2D;
import io.covey.trainer.layers.pooling.AveragePooling3D;
import io.covey.trainer.layers.pooling.GlobalAveragePooling1D;
import io.covey.trainer.layers.pooling.GlobalAveragePooling2D;
import io.covey.trainer.layers.pooling.GlobalAveragePooling3D;
import io.covey.trainer.layers.pooling.GlobalMaxPooling1D;
import io.covey.trainer.layers.pooling.GlobalMaxPooling2D;
import io.covey.trainer.layers.pooling.GlobalMaxPooling3D;
import io.covey.trainer.layers.pooling.GlobalPooling;
import io.covey.trainer.layers.pooling.MaxPooling1D;
import io.covey.trainer.layers.pooling.MaxPooling2D;
import io.covey.trainer.layers.pooling.MaxPooling3D;
import io.covey.trainer.layers.pooling.Pooling;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Lowers all pooling layers. */
public final class PoolingLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(MaxPooling1D.class, ChannelsFirst.or(PoolingLowerings::windowed));
        registry.register(MaxPooling2D.class, ChannelsFirst.or(PoolingLowerings::windowed));
        registry.register(MaxPooling3D.class, ChannelsFirst.or(PoolingLowerings::windowed));
        registry.register(AveragePooling1D.class, ChannelsFirst.or(PoolingLowerings::windowed));
        registry.register(AveragePooling2D.class, ChannelsFirst.or(PoolingLowerings::windowed));
        registry.register(AveragePooling3D.class, ChannelsFirst.or(PoolingLowerings::windowed));
        registry.register(GlobalMaxPooling1D.class, ChannelsFirst.or(PoolingLowerings::global));
        registry.register(GlobalMaxPooling2D.class, ChannelsFirst.or(PoolingLowerings::global));
        registry.register(GlobalMaxPooling3D.class, ChannelsFirst.or(PoolingLowerings::global));
        registry.register(GlobalAveragePooling1D.class, ChannelsFirst.or(PoolingLowerings::global));
        registry.register(GlobalAveragePooling2D.class, ChannelsFirst.or(PoolingLowerings::global));
        registry.register(GlobalAveragePooling3D.class, ChannelsFirst.or(PoolingLowerings::global));
    }

    private static void windowed(Pooling<?> layer, Lowering call) {
        int[] shape = call.input().value().shape().clone();
        for (int axis = 1; axis < shape.length - 1; axis++) {
            shape[axis] = layer.window().outputSize(axis - 1, shape[axis]);
        }
        PoolingOp op = new PoolingOp(call, layer.window(), layer.isMax(), call.input(), shape);
        call.add(op);
        call.forget(call.input());
        call.output(op.output());
    }

    private static void global(GlobalPooling layer, Lowering call) {
        int[] input = call.input().value().shape();
        int[] kept = input.clone();
        Arrays.fill(kept, 1, kept.length - 1, 1);
        Signal pooled;
        if (layer.isMax()) {
            pooled = call.signal(kept);
            call.add(new GlobalMaxOp(call.plainInput(), pooled));
        } else if (layer instanceof GlobalAveragePooling1D && call.input().mask() != null) {
            pooled = call.signal(kept);
            call.add(new MaskedMeanOp(call.plainInput(), call.input().mask(), pooled));
        } else {
            List<Integer> all =
                    Arrays.stream(input, 1, input.length - 1).boxed().toList();
            Window window = new Window(all, all, Collections.nCopies(all.size(), 1), Padding.VALID);
            PoolingOp op = new PoolingOp(call, window, false, call.input(), kept);
            call.add(op);
            pooled = op.output();
        }
        call.output(layer.keepDims() ? pooled : call.reshaped(pooled, input[0], input[input.length - 1]));
    }
}
