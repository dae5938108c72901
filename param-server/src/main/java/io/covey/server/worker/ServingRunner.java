package io.covey.server.worker;

import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.GradientExchange;
import io.covey.trainer.training.LeafListener;
import io.covey.trainer.training.StepRunner;
import java.util.function.BooleanSupplier;

/** The steps of a dedicated server: it contributes nothing, and its server shards work while it waits for parameters. */
final class ServingRunner implements StepRunner {
    @Override
    public long train(EpochPlan plan, GradientExchange exchange, LeafListener listener, BooleanSupplier stop) {
        for (long step = plan.firstStep(); step < plan.endStep(); step++) {
            if (exchange.pull(step)) {
                return step + 1;
            }
        }
        return plan.endStep();
    }

    @Override
    public void evaluate(DataSplit split, GradientExchange exchange, LeafListener listener) {
        // It has no data.
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
