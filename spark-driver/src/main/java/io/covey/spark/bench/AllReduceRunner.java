package io.covey.spark.bench;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.GradientExchange;
import io.covey.trainer.training.LeafListener;
import io.covey.trainer.training.ReductionTree;
import io.covey.trainer.training.StepRunner;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Steps without a model: push one vector, pull the updated parameters. What is left of a step is the exchange. */
final class AllReduceRunner implements StepRunner {
    private final int node;
    private final int leaf;
    private final NativeFloats gradient;
    private final MetricState metrics = MetricState.zero(StateLayout.LOSS + 1);

    /** A runner for a worker that owns one virtual shard. */
    AllReduceRunner(TrainingSpec spec, List<VirtualShard> shards) {
        leaf = shards.get(0).index();
        node = ReductionTree.of(spec.virtualShards()).leaf(leaf);
        gradient = NativeFloats.allocate(spec.model().layout().length());
        metrics.add(StateLayout.SAMPLES, 1);
    }

    @Override
    public long train(EpochPlan plan, GradientExchange exchange, LeafListener listener, BooleanSupplier stop) {
        for (long step = plan.firstStep(); step < plan.endStep(); step++) {
            exchange.push(step, node, gradient, 1, plan.learningRate(), stop.getAsBoolean());
            boolean last = exchange.pull(step);
            listener.onLeaf(step - plan.epochFirstStep(), leaf, metrics);
            if (last) {
                return step + 1;
            }
        }
        return plan.endStep();
    }

    @Override
    public void evaluate(DataSplit split, GradientExchange exchange, LeafListener listener) {
        throw new IllegalArgumentException("there is no " + split + " data in a measurement of the exchange");
    }

    @Override
    public void close() {
        gradient.close();
    }
}
