package io.covey.trainer.optimizer;

final class AdadeltaRule implements ElementRule {
    private final float rho;
    private final float complement;
    private final float epsilon;
    private float rate;

    AdadeltaRule(Adadelta settings) {
        rho = (float) settings.rho();
        complement = Float32.complement(settings.rho(), settings.options().isKeras2());
        epsilon = (float) settings.epsilon();
    }

    @Override
    public void begin(float learningRate, long step) {
        rate = learningRate;
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        float[] squares = slots[0];
        float[] updates = slots[1];
        float r = rate;
        float p = rho;
        float c = complement;
        float e = epsilon;
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float u = updates[i];
            float s = p * squares[i] + c * (g * g);
            float d = (float) Math.sqrt(u + e) * g / (float) Math.sqrt(s + e);
            squares[i] = s;
            updates[i] = p * u + c * (d * d);
            parameters[i] = parameters[i] - r * d;
        }
    }
}
