package io.covey.trainer.gradients;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.engine.HeapGradient;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.initializers.Ones;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.Weight;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/** {@code y = w * sin(x)}, with a backward that may be wrong: what checks of gradients are tried on. */
public final class FlawedScale extends Layer {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    enum Flaw {
        NONE,
        INPUT_SIGN,
        WEIGHT_SIGN,
        /** The last sample has no part in the weight's gradient. */
        LOST_SAMPLE,
        /** One of the input's gradients is 5 % too large. */
        ONE_LARGER,
        /** The weight's gradient replaces what it should be added to. */
        NOT_ADDED
    }

    private final Flaw flaw;

    FlawedScale(Flaw flaw) {
        super(Arguments.of("FlawedScale", Map.of()));
        this.flaw = flaw;
    }

    @Override
    public FlawedScale copy(Arguments newArguments) {
        return new FlawedScale(flaw);
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return single(inputShapes, 1);
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        return List.of(Weight.of("scale", single(inputShapes), new Ones(), null, null));
    }

    /** Makes the layer known to the engine. */
    public static final class Lowerings implements LoweringProvider {
        @Override
        public void register(Registry registry) {
            registry.register(FlawedScale.class, (layer, call) -> {
                Signal in = call.plainInput();
                Signal out = call.signalLike(in);
                call.add(new ScaleOp(layer.flaw, call, in, out));
                call.output(out);
            });
        }
    }

    private static final class ScaleOp implements Op {
        private final Flaw flaw;
        private final ParameterUse scale;
        private final HeapGradient finished;
        private final Signal in;
        private final Signal out;
        private final float[] weights;

        ScaleOp(Flaw flaw, Lowering call, Signal in, Signal out) {
            this.flaw = flaw;
            this.in = in;
            this.out = out;
            scale = call.parameter(0);
            finished = new HeapGradient(call.scope(), scale);
            weights = new float[in.value().width()];
        }

        @Override
        public void forward() {
            scale.parameter().values().get(weights);
            FloatBuffer x = in.value().values().buffer();
            FloatBuffer y = out.value().values().buffer();
            for (int i = 0; i < x.capacity(); i++) {
                y.put(i, (float) (weights[i % weights.length] * Math.sin(x.get(i))));
            }
        }

        @Override
        public void backward(long gradientAddress, boolean accumulate) {
            FloatBuffer x = in.value().values().buffer();
            FloatBuffer dy = out.gradient().values().buffer();
            float[] byWeight = new float[weights.length];
            int counted = x.capacity() - (flaw == Flaw.LOST_SAMPLE ? weights.length : 0);
            for (int i = 0; i < x.capacity(); i++) {
                int unit = i % weights.length;
                if (i < counted) {
                    byWeight[unit] += (float) (dy.get(i) * Math.sin(x.get(i)));
                }
                if (in.gradient() != null) {
                    double gradient = dy.get(i) * weights[unit] * Math.cos(x.get(i));
                    double factor =
                            flaw == Flaw.INPUT_SIGN ? -1 : flaw == Flaw.ONE_LARGER && i == counted / 2 ? 1.05 : 1;
                    in.gradient().values().buffer().put(i, (float) (factor * gradient));
                }
            }
            for (int unit = 0; flaw == Flaw.WEIGHT_SIGN && unit < byWeight.length; unit++) {
                byWeight[unit] = -byWeight[unit];
            }
            finished.write(byWeight, gradientAddress, accumulate && flaw != Flaw.NOT_ADDED);
        }
    }
}
