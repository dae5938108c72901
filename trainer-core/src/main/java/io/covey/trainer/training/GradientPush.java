package io.covey.trainer.training;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Pushes the sums of a worker's subtrees, step after step. Where one lane computes them all, the last one's goes out in parts,
 * from the end of the vector on, while its last leaf still runs backward. Used by the thread that calls the exchange.
 */
final class GradientPush {
    private final GradientPlan plan;
    private final NativeFloats[] buffers;
    private final MetricState[] metrics;
    private final VectorKernels kernels = new VectorKernels();
    /** Null where no leaf is owned. */
    private final GradientPlan.Subtree last;
    /** What completes the last subtree's sum after its last leaf; null where lanes work side by side. */
    private final List<GradientPlan.Add> lastAdds;

    // The step in work.
    private GradientExchange exchange;
    private Runnable beforePush;
    private BooleanSupplier stop;
    private long step;
    private float learningRate;
    private boolean begun;
    private boolean lastStep;
    private long doneFrom;

    /** @param metrics of the owned leaves */
    GradientPush(GradientPlan plan, NativeFloats[] buffers, MetricState[] metrics) {
        this.plan = plan;
        this.buffers = buffers;
        this.metrics = metrics;
        List<GradientPlan.Leaf> leaves = plan.lanes().get(0);
        boolean inParts = plan.lanes().size() == 1 && !leaves.isEmpty();
        last = leaves.isEmpty() ? null : plan.subtrees().get(plan.subtrees().size() - 1);
        lastAdds = inParts ? leaves.get(leaves.size() - 1).adds() : null;
    }

    /**
     * Prepares the pushes of a pass.
     *
     * @param newBeforePush called in each step when the metrics are complete, before any gradient goes out
     * @param newStop whether to push the step as the last
     */
    void beginPass(GradientExchange newExchange, Runnable newBeforePush, BooleanSupplier newStop) {
        exchange = newExchange;
        beforePush = newBeforePush;
        stop = newStop;
    }

    /** Before the gradients of {@code newStep} are computed. */
    void beginStep(long newStep, float newLearningRate) {
        step = newStep;
        learningRate = newLearningRate;
        begun = false;
        doneFrom = last == null ? 0 : buffers[last.buffer()].length();
    }

    /** Whether {@link #doneFrom} may be told of the leaf with this position among the owned ones. */
    boolean takesParts(int leaf) {
        return lastAdds != null && leaf == metrics.length - 1;
    }

    /** The last leaf's gradient is final from float {@code from} on; all leaves before it are done. */
    void doneFrom(long from) {
        if (from < doneFrom) {
            begin();
            complete(from);
            pushLast(from);
        }
    }

    /** All leaves are done: pushes what is left. */
    void finish() {
        begin();
        if (lastAdds != null) {
            complete(0);
        }
        if (last != null) {
            pushLast(0);
        }
    }

    private void complete(long from) {
        for (int i = 0; i < lastAdds.size(); i++) {
            GradientPlan.Add add = lastAdds.get(i);
            kernels.add(buffers[add.target()].address(from), buffers[add.source()].address(from), doneFrom - from);
        }
        doneFrom = from;
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        beforePush.run();
        lastStep = stop.getAsBoolean();
        for (int i = 0; i < plan.subtrees().size() - 1; i++) {
            GradientPlan.Subtree subtree = plan.subtrees().get(i);
            exchange.push(step, subtree.node(), buffers[subtree.buffer()], samples(subtree), learningRate, lastStep);
        }
    }

    private void pushLast(long from) {
        exchange.pushFrom(from, step, last.node(), buffers[last.buffer()], samples(last), learningRate, lastStep);
    }

    private int samples(GradientPlan.Subtree subtree) {
        int samples = 0;
        for (int k = 0; k < subtree.leaves(); k++) {
            samples += (int) metrics[subtree.firstIndex() + k].get(StateLayout.SAMPLES);
        }
        return samples;
    }
}
