package io.covey.trainer.engine.preprocessing;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.preprocessing.AffineLayer;
import io.covey.trainer.layers.preprocessing.ImageTransform;
import io.covey.trainer.layers.preprocessing.RandomContrast;
import java.util.Arrays;
import java.util.List;

/** Lowers the layers that scale and distort; the random ones are the identity but for training. */
public final class PreprocessingLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(AffineLayer.class, PreprocessingLowerings::affine);
        registry.register(ImageTransform.class, PreprocessingLowerings::transform);
        registry.register(RandomContrast.class, PreprocessingLowerings::contrast);
    }

    private static void affine(AffineLayer layer, Lowering call) {
        Signal in = call.plainInput();
        Signal out = call.signalLike(in);
        List<Integer> shape = Arrays.stream(in.value().shape()).skip(1).boxed().toList();
        call.add(new AffineOp(layer.affine(shape), in, out));
        call.output(out);
    }

    private static void transform(ImageTransform layer, Lowering call) {
        if (!call.isTraining()) {
            call.output(call.input());
            return;
        }
        Signal in = call.plainInput();
        Signal out = call.signalLike(in);
        call.add(new ImageTransformOp(layer, call.runKey(), call.randomStream(), in, out));
        call.output(out);
    }

    private static void contrast(RandomContrast layer, Lowering call) {
        if (!call.isTraining()) {
            call.output(call.input());
            return;
        }
        Signal in = call.plainInput();
        Signal out = call.signalLike(in);
        call.add(new ContrastOp(layer, call.runKey(), call.randomStream(), in, out));
        call.output(out);
    }
}
