package io.covey.trainer.optimizer;

final class LionRule implements ElementRule {
    /** Its square takes the smallest float above 1. */
    private static final float HUGE = 0x1p127f;

    private final float beta1;
    private final float beta2;
    private float rate;

    LionRule(Lion settings) {
        beta1 = (float) settings.beta1();
        beta2 = (float) settings.beta2();
    }

    @Override
    public void begin(float learningRate, long step) {
        rate = learningRate;
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        float[] means = slots[0];
        float kept1 = beta1;
        float kept2 = beta2;
        float complement1 = 1f - kept1;
        float complement2 = 1f - kept2;
        float r = rate;
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float direction = means[i] * kept1 + g * complement1;
            // The JIT vectorises no signum.
            float sign = Math.max(-1f, Math.min(1f, direction * HUGE * HUGE));
            parameters[i] = parameters[i] - r * sign;
            means[i] = means[i] * kept2 + g * complement2;
        }
    }
}
