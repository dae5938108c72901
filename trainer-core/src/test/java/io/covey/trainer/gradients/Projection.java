package io.covey.trainer.gradients;

import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.Objective;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OutputLoss;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.util.SplittableRandom;

/** The loss of a check of layers: the sum of all outputs' products with random numbers, formed in double precision. */
public final class Projection implements Objective {
    /** Index of the sum of the products' absolute values in the metrics, from which the rounding errors follow. */
    static final int MAGNITUDE = 2;

    public static final int STATE_LENGTH = 3;

    private final long seed;

    public Projection(long seed) {
        this.seed = seed;
    }

    @Override
    public OutputLoss lower(Model model, int index, Signal output, OnednnScope scope) {
        // Other numbers than those of inputs and weights, or gradients along them would vanish.
        SplittableRandom random = new SplittableRandom(~seed - index);
        float[] factors = new float[output.value().size()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = (float) random.nextDouble(-1, 1);
        }
        return new Output(output, factors);
    }

    private static final class Output implements OutputLoss {
        private final Signal signal;
        private final float[] factors;
        private final float[] values;

        Output(Signal signal, float[] factors) {
            this.signal = signal;
            this.factors = factors;
            values = new float[factors.length];
        }

        @Override
        public void put(int row, SampleBlock block, int slot) {}

        @Override
        public void forward(MetricState metrics, int batchRows) {
            signal.value().values().buffer().get(0, values);
            double sum = 0;
            double magnitude = 0;
            for (int i = 0; i < values.length; i++) {
                double product = (double) values[i] * factors[i];
                sum += product;
                magnitude += Math.abs(product);
            }
            metrics.add(StateLayout.LOSS, sum);
            metrics.add(MAGNITUDE, magnitude);
        }

        @Override
        public void backward(int batchRows) {
            if (signal.gradient() != null) {
                signal.gradient().values().put(0, factors);
            }
        }

        @Override
        public Tensor output() {
            return signal.value();
        }
    }
}
