package io.covey.server.coordinator;

import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.StepListener;

/** Passes the steps of a pass on to a listener, but keeps the last one until the workers have ended the pass. */
final class LastStep implements StepListener {
    private final StepListener listener;
    private final long last;
    private MetricState kept;

    /** @param last index of the last step within the pass */
    LastStep(StepListener listener, long last) {
        this.listener = listener;
        this.last = last;
    }

    @Override
    public void onStep(long stepInPass, MetricState metrics) {
        if (stepInPass == last) {
            kept = metrics.copy();
        } else {
            listener.onStep(stepInPass, metrics);
        }
    }

    /** The pass has ended: the listener may give the workers commands now. */
    void release() {
        if (kept != null) {
            listener.onStep(last, kept);
        }
    }
}
