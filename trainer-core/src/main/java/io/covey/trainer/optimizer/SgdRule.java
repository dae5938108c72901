package io.covey.trainer.optimizer;

final class SgdRule implements ElementRule {
    private final float momentum;
    private final boolean nesterov;
    private float rate;

    SgdRule(Sgd sgd) {
        momentum = (float) sgd.momentum();
        nesterov = sgd.nesterov();
    }

    @Override
    public void begin(float learningRate, long step) {
        rate = learningRate;
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {
        if (slots.length == 0) {
            plain(parameters, gradients, length);
        } else if (nesterov) {
            nesterov(parameters, gradients, slots[0], length);
        } else {
            momentum(parameters, gradients, slots[0], length);
        }
    }

    private void plain(float[] parameters, float[] gradients, int length) {
        float r = rate;
        for (int i = 0; i < length; i++) {
            parameters[i] = parameters[i] - gradients[i] * r;
        }
    }

    private void momentum(float[] parameters, float[] gradients, float[] velocities, int length) {
        float r = rate;
        float kept = momentum;
        for (int i = 0; i < length; i++) {
            float v = velocities[i] * kept - gradients[i] * r;
            velocities[i] = v;
            parameters[i] = parameters[i] + v;
        }
    }

    private void nesterov(float[] parameters, float[] gradients, float[] velocities, int length) {
        float r = rate;
        float kept = momentum;
        for (int i = 0; i < length; i++) {
            float g = gradients[i] * r;
            float v = velocities[i] * kept - g;
            velocities[i] = v;
            parameters[i] = parameters[i] + (v * kept - g);
        }
    }
}
