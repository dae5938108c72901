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
        long step = plan.firstStep();
        boolean ended = false;
        while (step < plan.endStep() && !ended) {
            ended = exchange.pull(step);
            step = exchange.nextStep(step);
        }
        return step;
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
