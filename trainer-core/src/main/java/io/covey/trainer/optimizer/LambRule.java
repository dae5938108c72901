package io.covey.trainer.optimizer;

/** Leaves the direction in place of the gradient; {@link RangeUpdater} scales and subtracts it. */
final class LambRule implements ElementRule {
    private final float beta1;
    private final float beta2;
    private final float complement1;
    private final float complement2;
    private final float epsilon;
    private float correction1;
    private float correction2;

    LambRule(Lamb settings) {
        boolean keras2 = settings.options().isKeras2();
        beta1 = (float) settings.beta1();
        beta2 = (float) settings.beta2();
        complement1 = Float32.complement(settings.beta1(), keras2);
        complement2 = Float32.complement(settings.beta2(), keras2);
        epsilon = (float) settings.epsilon();
    }

    @Override
    public void begin(float learningRate, long step) {
        correction1 = 1f - Float32.power(beta1, step + 1);
        correction2 = 1f - Float32.power(beta2, step + 1);
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        float[] means = slots[0];
        float[] squares = slots[1];
        float e = epsilon;
        float c1 = complement1;
        float c2 = complement2;
        // One division for all elements; Keras divides each.
        float d1 = 1f / correction1;
        float d2 = 1f / correction2;
        // Loops with one result each: the JIT does not vectorise them together.
        for (int i = 0; i < length; i++) {
            means[i] = means[i] + (gradients[i] - means[i]) * c1;
        }
        for (int i = 0; i < length; i++) {
            squares[i] = squares[i] + (gradients[i] * gradients[i] - squares[i]) * c2;
        }
        for (int i = 0; i < length; i++) {
            gradients[i] = means[i] * d1 / ((float) Math.sqrt(squares[i] * d2) + e);
        }
    }
}
