package io.covey.trainer.optimizer;

final class AdamaxRule implements ElementRule {
    private final float beta1;
    private final float beta2;
    private final float complement1;
    private final float epsilon;
    private final boolean keras2;
    private float rate;
    private float correction;

    AdamaxRule(Adamax settings) {
        keras2 = settings.options().isKeras2();
        beta1 = (float) settings.beta1();
        beta2 = (float) settings.beta2();
        complement1 = Float32.complement(settings.beta1(), keras2);
        epsilon = (float) settings.epsilon();
    }

    @Override
    public void begin(float learningRate, long step) {
        rate = learningRate;
        correction = 1f - Float32.power(beta1, step + 1);
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        float[] means = slots[0];
        float[] norms = slots[1];
        float e = epsilon;
        float c1 = complement1;
        float b2 = beta2;
        if (keras2) {
            float r = rate / correction;
            for (int i = 0; i < length; i++) {
                float g = gradients[i];
                float m = means[i] + (g - means[i]) * c1;
                float u = Math.max(b2 * norms[i], Math.abs(g));
                means[i] = m;
                norms[i] = u;
                parameters[i] = parameters[i] - r * (m / (u + e));
            }
        } else {
            float r = rate;
            float c = correction;
            for (int i = 0; i < length; i++) {
                float g = gradients[i];
                float m = means[i] + (g - means[i]) * c1;
                float u = Math.max(b2 * norms[i], Math.abs(g));
                means[i] = m;
                norms[i] = u;
                parameters[i] = parameters[i] - r * m / (c * (u + e));
            }
        }
    }
}
