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
        for (int i = 0; i < length; i++) {
            means[i] = means[i] + (gradients[i] - means[i]) * complement1;
            norms[i] = Math.max(beta2 * norms[i], Math.abs(gradients[i]));
        }
        if (keras2) {
            float r = rate / correction;
            for (int i = 0; i < length; i++) {
                parameters[i] = parameters[i] - r * (means[i] / (norms[i] + e));
            }
        } else {
            float r = rate;
            float c = correction;
            for (int i = 0; i < length; i++) {
                parameters[i] = parameters[i] - r * means[i] / (c * (norms[i] + e));
            }
        }
    }
}
