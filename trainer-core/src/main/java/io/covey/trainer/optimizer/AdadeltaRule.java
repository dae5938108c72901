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
        // Loops with one result each: the JIT does not vectorise them together.
        for (int i = 0; i < length; i++) {
            squares[i] = p * squares[i] + c * (gradients[i] * gradients[i]);
        }
        for (int i = 0; i < length; i++) {
            gradients[i] = (float) Math.sqrt(updates[i] + e) * gradients[i] / (float) Math.sqrt(squares[i] + e);
        }
        for (int i = 0; i < length; i++) {
            updates[i] = p * updates[i] + c * (gradients[i] * gradients[i]);
        }
        for (int i = 0; i < length; i++) {
            parameters[i] = parameters[i] - r * gradients[i];
        }
    }
}
