package io.covey.trainer.optimizer;

final class NadamRule implements ElementRule {
    private static final float DECAY_BASE = 0.96f;

    private final float beta1;
    private final float beta2;
    private final float complement1;
    private final float complement2;
    private final float epsilon;
    private final boolean keras2;
    private final float scheduleDecay;

    // The product of the momentum schedule over the steps before nextStep.
    private float product = 1f;
    private long nextStep;

    private float rate;
    private float momentumNow;
    private float momentumNext;
    private float productNow;
    private float productNext;
    private float squareCorrection;

    NadamRule(Nadam settings) {
        keras2 = settings.options().isKeras2();
        beta1 = (float) settings.beta1();
        beta2 = (float) settings.beta2();
        // Both versions subtract in float32 here.
        complement1 = 1f - beta1;
        complement2 = 1f - beta2;
        epsilon = (float) settings.epsilon();
        scheduleDecay = keras2 ? (float) settings.options().decay() : 1f;
    }

    @Override
    public void begin(float learningRate, long step) {
        rate = learningRate;
        momentumNow = momentum(step);
        momentumNext = momentum(step + 1);
        productNow = product(step);
        productNext = productNow * momentumNext;
        squareCorrection = 1f - Float32.power(beta2, step + 1);
    }

    /** The product over the steps up to {@code step}; cheap when steps are asked for in turn. */
    float product(long step) {
        if (step < nextStep - 1) {
            nextStep = 0;
            product = 1f;
        }
        // Rounded step by step, so a run that resumes takes all the factors again.
        while (nextStep <= step) {
            product = keras2 ? product * momentum(nextStep) : product * beta1 * warmed(nextStep);
            nextStep++;
        }
        return product;
    }

    private float momentum(long step) {
        return beta1 * warmed(step);
    }

    private float warmed(long step) {
        return 1f - 0.5f * Float32.power(DECAY_BASE, scheduleDecay * (step + 1));
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        if (keras2) {
            keras2(parameters, gradients, slots[0], slots[1], length);
        } else {
            keras3(parameters, gradients, slots[0], slots[1], length);
        }
    }

    private void keras3(float[] parameters, float[] gradients, float[] means, float[] squares, int length) {
        // One division for all elements; Keras divides each.
        float meanFactor = momentumNext / (1f - productNext);
        float gradientFactor = (1f - momentumNow) / (1f - productNow);
        float correction = 1f / squareCorrection;
        float c1 = complement1;
        float c2 = complement2;
        float r = rate;
        float e = epsilon;
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float m = means[i] + (g - means[i]) * c1;
            float v = squares[i] + (g * g - squares[i]) * c2;
            means[i] = m;
            squares[i] = v;
            float direction = meanFactor * m + gradientFactor * g;
            parameters[i] = parameters[i] - direction * r / ((float) Math.sqrt(v * correction) + e);
        }
    }

    private void keras2(float[] parameters, float[] gradients, float[] means, float[] squares, int length) {
        float meanDivisor = 1f - productNext;
        float gradientFactor = 1f - momentumNow;
        float gradientDivisor = 1f - productNow;
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float m = beta1 * means[i] + complement1 * g;
            float v = beta2 * squares[i] + complement2 * (g * g);
            means[i] = m;
            squares[i] = v;
            float direction = gradientFactor * (g / gradientDivisor) + momentumNext * (m / meanDivisor);
            parameters[i] = parameters[i] - rate * direction / ((float) Math.sqrt(v / squareCorrection) + epsilon);
        }
    }
}
