package io.covey.trainer.optimizer;

final class FtrlRule implements ElementRule {
    private final float power;
    private final float l1;
    private final float l2;
    private final float shrinkage;
    private final float beta;
    private float rate;
    private float twiceL2;

    FtrlRule(Ftrl settings) {
        power = (float) -settings.learningRatePower();
        l1 = (float) settings.l1();
        l2 = (float) settings.l2();
        shrinkage = (float) (2 * settings.l2Shrinkage());
        beta = (float) settings.beta();
    }

    @Override
    public void begin(float learningRate, long step) {
        rate = learningRate;
        twiceL2 = 2f * (l2 + beta / (2f * learningRate));
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        float[] sums = slots[0];
        float[] linears = slots[1];
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float w = parameters[i];
            float sum = sums[i] + g * g;
            float root = power(sum);
            float linear = linears[i] + (g + shrinkage * w - (root - power(sums[i])) / rate * w);
            linears[i] = linear;
            sums[i] = sum;
            float clipped = Math.min(Math.max(linear, -l1), l1);
            parameters[i] = (clipped - linear) / (root / rate + twiceL2);
        }
    }

    private float power(float value) {
        return power == 0.5f ? Float32.root(value) : Float32.power(value, power);
    }
}
