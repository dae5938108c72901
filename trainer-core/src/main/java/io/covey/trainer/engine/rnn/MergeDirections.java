package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.rnn.Bidirectional.MergeMode;
import java.nio.FloatBuffer;

/** Sum, product or mean of a bidirectional layer's two outputs. */
final class MergeDirections implements Op {
    private final MergeMode mode;
    private final FloatBuffer[] values;
    private final FloatBuffer[] gradients;
    private final float[] forward;
    private final float[] backward;
    private final float[] gradient;

    MergeDirections(MergeMode mode, Signal forward, Signal backward, Signal out) {
        this.mode = mode;
        Signal[] signals = {forward, backward, out};
        values = new FloatBuffer[signals.length];
        gradients = new FloatBuffer[signals.length];
        for (int i = 0; i < signals.length; i++) {
            values[i] = signals[i].value().values().buffer();
            gradients[i] = signals[i].gradient() == null
                    ? null
                    : signals[i].gradient().values().buffer();
        }
        this.forward = new float[out.value().size()];
        this.backward = new float[this.forward.length];
        this.gradient = new float[this.forward.length];
    }

    @Override
    public void forward() {
        values[0].get(0, forward);
        values[1].get(0, backward);
        for (int i = 0; i < forward.length; i++) {
            forward[i] = switch (mode) {
                case MUL -> forward[i] * backward[i];
                case AVE -> (forward[i] + backward[i]) / 2f;
                default -> forward[i] + backward[i];
            };
        }
        values[2].put(0, forward);
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (gradients[2] == null) {
            return;
        }
        gradients[2].get(0, gradient);
        if (mode == MergeMode.MUL) {
            values[0].get(0, forward);
            values[1].get(0, backward);
            for (int i = 0; i < gradient.length; i++) {
                float towards = gradient[i] * backward[i];
                backward[i] = gradient[i] * forward[i];
                gradient[i] = towards;
            }
            gradients[1].put(0, backward);
        } else {
            float share = mode == MergeMode.AVE ? 0.5f : 1f;
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] *= share;
            }
            gradients[1].put(0, gradient);
        }
        gradients[0].put(0, gradient);
    }
}
