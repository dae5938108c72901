package io.covey.trainer.optimizer;

import java.util.List;

final class AdamRule implements ElementRule {
    private final float beta1;
    private final float beta2;
    private final float complement1;
    private final float complement2;
    private final float epsilon;
    private final boolean amsgrad;
    private float alpha;

    AdamRule(double beta1, double beta2, double epsilon, boolean amsgrad, boolean keras2) {
        this.beta1 = (float) beta1;
        this.beta2 = (float) beta2;
        this.complement1 = Float32.complement(beta1, keras2);
        this.complement2 = Float32.complement(beta2, keras2);
        this.epsilon = (float) epsilon;
        this.amsgrad = amsgrad;
    }

    static List<String> slots(boolean amsgrad) {
        return amsgrad ? List.of("m", "v", "vhat") : List.of("m", "v");
    }

    @Override
    public void begin(float learningRate, long step) {
        float power1 = Float32.power(beta1, step + 1);
        float power2 = Float32.power(beta2, step + 1);
        alpha = learningRate * Float32.root(1f - power2) / (1f - power1);
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        if (amsgrad) {
            amsgrad(parameters, gradients, slots[0], slots[1], slots[2], length);
        } else {
            adam(parameters, gradients, slots[0], slots[1], length);
        }
    }

    private void adam(float[] parameters, float[] gradients, float[] means, float[] squares, int length) {
        float a = alpha;
        float e = epsilon;
        float c1 = complement1;
        float c2 = complement2;
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float m = means[i] + (g - means[i]) * c1;
            float v = squares[i] + (g * g - squares[i]) * c2;
            means[i] = m;
            squares[i] = v;
            parameters[i] = parameters[i] - m * a / ((float) Math.sqrt(v) + e);
        }
    }

    private void amsgrad(
            float[] parameters, float[] gradients, float[] means, float[] squares, float[] largest, int length) {
        float a = alpha;
        float e = epsilon;
        float c1 = complement1;
        float c2 = complement2;
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float m = means[i] + (g - means[i]) * c1;
            float v = squares[i] + (g * g - squares[i]) * c2;
            float most = Math.max(largest[i], v);
            means[i] = m;
            squares[i] = v;
            largest[i] = most;
            parameters[i] = parameters[i] - m * a / ((float) Math.sqrt(most) + e);
        }
    }
}
