package io.covey.trainer.optimizer;

final class AdagradRule implements ElementRule {
    private final float within;
    private final float added;
    private float rate;

    AdagradRule(Adagrad settings) {
        boolean keras2 = settings.options().isKeras2();
        within = keras2 ? 0f : (float) settings.epsilon();
        added = keras2 ? (float) settings.epsilon() : 0f;
    }

    @Override
    public void begin(float learningRate, long step) {
        rate = learningRate;
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        float[] sums = slots[0];
        float r = rate;
        float inside = within;
        float outside = added;
        for (int i = 0; i < length; i++) {
            float g = gradients[i];
            float sum = sums[i] + g * g;
            sums[i] = sum;
            parameters[i] = parameters[i] - r * g / ((float) Math.sqrt(sum + inside) + outside);
        }
    }
}
