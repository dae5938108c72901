package io.covey.trainer.optimizer;

final class FtrlRule implements ElementRule {
    private final float power;
    private final float l1;
    private final float l2;
    private final float shrinkage;
    private final float beta;
    private final float[] roots = new float[BlockKernel.MAX_BLOCK];
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
        if (power == 0.5f) {
            byRoots(parameters, gradients, slots[0], slots[1], length);
        } else {
            byPowers(parameters, gradients, slots[0], slots[1], length);
        }
    }

    private void byRoots(float[] parameters, float[] gradients, float[] sums, float[] linears, int length) {
        // One division for all elements; Keras divides each.
        float r = 1f / rate;
        float s = shrinkage;
        float t = twiceL2;
        float most = l1;
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float w = parameters[i];
            float old = sums[i];
            float sum = old + g * g;
            float root = (float) Math.sqrt(sum);
            float linear = linears[i] + (g + s * w - (root - (float) Math.sqrt(old)) * r * w);
            sums[i] = sum;
            linears[i] = linear;
            roots[i] = root;
        }
        if (most == 0) {
            for (int i = 0; i < length; i++) {
                parameters[i] = (0f - linears[i]) / (roots[i] * r + t);
            }
        } else {
            for (int i = 0; i < length; i++) {
                float clipped = Math.min(Math.max(linears[i], -most), most);
                parameters[i] = (clipped - linears[i]) / (roots[i] * r + t);
            }
        }
    }

    private void byPowers(float[] parameters, float[] gradients, float[] sums, float[] linears, int length) {
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float w = parameters[i];
            float sum = sums[i] + g * g;
            float raised = Float32.power(sum, power);
            float linear = linears[i] + (g + shrinkage * w - (raised - Float32.power(sums[i], power)) / rate * w);
            linears[i] = linear;
            sums[i] = sum;
            float clipped = Math.min(Math.max(linear, -l1), l1);
            parameters[i] = (clipped - linear) / (raised / rate + twiceL2);
        }
    }
}
