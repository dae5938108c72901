package io.covey.trainer.optimizer;

import java.util.ArrayList;
import java.util.List;

/** Centered or not, with momentum or not, and in Keras 2 the epsilon outside the root where there is no momentum. */
final class RmsPropRule implements ElementRule {
    private final float rho;
    private final float complement;
    private final float momentum;
    private final float epsilon;
    private final boolean centered;
    private final boolean keras2;
    private float rate;

    RmsPropRule(RmsProp settings) {
        keras2 = settings.options().isKeras2();
        rho = (float) settings.rho();
        complement = Float32.complement(settings.rho(), keras2);
        momentum = (float) settings.momentum();
        epsilon = (float) settings.epsilon();
        centered = settings.centered();
    }

    static List<String> slots(double momentum, boolean centered) {
        List<String> slots = new ArrayList<>(List.of("rms"));
        if (momentum > 0) {
            slots.add("momentum");
        }
        if (centered) {
            slots.add("mg");
        }
        return List.copyOf(slots);
    }

    @Override
    public void begin(float learningRate, long step) {
        rate = learningRate;
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        float[] squares = slots[0];
        if (!centered && !(momentum > 0)) {
            plain(parameters, gradients, squares, length);
            return;
        }
        mean(squares, gradients, squares, true, length);
        float[] means = centered ? slots[slots.length - 1] : null;
        if (centered) {
            mean(means, gradients, means, false, length);
        }
        increments(gradients, squares, means, length);
        if (momentum > 0) {
            float kept = momentum;
            float[] velocities = slots[1];
            for (int i = 0; i < length; i++) {
                float v = kept * velocities[i] + gradients[i];
                velocities[i] = v;
                parameters[i] = parameters[i] - v;
            }
        } else {
            for (int i = 0; i < length; i++) {
                parameters[i] = parameters[i] - gradients[i];
            }
        }
    }

    /** What the loops of the other forms do, in one. */
    private void plain(float[] parameters, float[] gradients, float[] squares, int length) {
        float r = rate;
        float p = rho;
        float c = complement;
        float within = keras2 ? 0f : epsilon;
        float added = keras2 ? epsilon : 0f;
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float v = p * squares[i] + c * (g * g);
            squares[i] = v;
            parameters[i] = parameters[i] - r * g / ((float) Math.sqrt(v + within) + added);
        }
    }

    private void mean(float[] means, float[] gradients, float[] target, boolean ofSquares, int length) {
        float r = rho;
        float c = complement;
        // Keras 2's operation with momentum moves the mean towards the value, the others weigh the two.
        boolean moves = keras2 && momentum > 0;
        if (moves && ofSquares) {
            for (int i = 0; i < length; i++) {
                target[i] = means[i] + (gradients[i] * gradients[i] - means[i]) * c;
            }
        } else if (moves) {
            for (int i = 0; i < length; i++) {
                target[i] = means[i] + (gradients[i] - means[i]) * c;
            }
        } else if (ofSquares) {
            for (int i = 0; i < length; i++) {
                target[i] = r * means[i] + c * (gradients[i] * gradients[i]);
            }
        } else {
            for (int i = 0; i < length; i++) {
                target[i] = r * means[i] + c * gradients[i];
            }
        }
    }

    /** Turns gradients into increments. */
    private void increments(float[] gradients, float[] squares, float[] means, int length) {
        float r = rate;
        boolean outside = keras2 && !(momentum > 0);
        float within = outside ? 0f : epsilon;
        float added = outside ? epsilon : 0f;
        if (means == null) {
            for (int i = 0; i < length; i++) {
                gradients[i] = r * gradients[i] / ((float) Math.sqrt(squares[i] + within) + added);
            }
        } else {
            for (int i = 0; i < length; i++) {
                float variance = squares[i] - means[i] * means[i] + within;
                gradients[i] = r * gradients[i] / ((float) Math.sqrt(variance) + added);
            }
        }
    }
}
