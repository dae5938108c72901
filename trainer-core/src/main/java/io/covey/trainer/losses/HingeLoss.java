package io.covey.trainer.losses;

/**
 * The mean of {@code max(1 - t p, 0)}, or of its square. Where all targets of a call are 0 or 1, they are taken for -1 and 1,
 * as in Keras.
 */
final class HingeLoss implements LossFunction {
    private final boolean squared;

    HingeLoss(boolean squared) {
        this.squared = squared;
    }

    @Override
    public void values(float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] values) {
        boolean binary = isBinary(yTrue, positions * trueWidth);
        for (int i = 0; i < positions; i++) {
            double sum = 0;
            for (int j = i * width; j < (i + 1) * width; j++) {
                double hinge = Math.max(margin(yTrue[j], yPred[j], binary), 0);
                sum += squared ? hinge * hinge : hinge;
            }
            values[i] = (float) (sum / width);
        }
    }

    @Override
    public void gradient(
            float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] scales, float[] gradient) {
        boolean binary = isBinary(yTrue, positions * trueWidth);
        for (int i = 0; i < positions; i++) {
            double scale = (double) scales[i] / width;
            for (int j = i * width; j < (i + 1) * width; j++) {
                double margin = margin(yTrue[j], yPred[j], binary);
                double outer = squared ? 2 * margin : 1;
                // A prediction that is no number has a derivative of 0, a target that is none has not.
                boolean passes = margin >= 0 || Float.isNaN(yTrue[j]);
                gradient[j] = passes ? (float) (scale * outer * -target(yTrue[j], binary)) : 0;
            }
        }
    }

    @Override
    public boolean needsWholeBatch() {
        return true;
    }

    private static double margin(float t, float p, boolean binary) {
        return 1 - target(t, binary) * p;
    }

    private static double target(float t, boolean binary) {
        return binary ? 2.0 * t - 1 : t;
    }

    private static boolean isBinary(float[] yTrue, int length) {
        for (int i = 0; i < length; i++) {
            if (yTrue[i] != 0 && yTrue[i] != 1) {
                return false;
            }
        }
        return true;
    }
}
