package io.covey.trainer.losses;

import java.util.Arrays;

/** A sparse loss that leaves out the positions of one label: their values and gradients are 0. */
final class IgnoreClass extends PositionLoss {
    private final PositionLoss loss;
    private final float ignored;

    IgnoreClass(PositionLoss loss, int ignored) {
        this.loss = loss;
        this.ignored = ignored;
    }

    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        return yTrue[t] == ignored ? 0 : loss.value(yTrue, t, yPred, p, width);
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        if (yTrue[t] == ignored) {
            Arrays.fill(gradient, p, p + width, 0);
        } else {
            loss.gradient(yTrue, t, yPred, p, width, scale, gradient);
        }
    }

    @Override
    public boolean ignoresPositions() {
        return true;
    }

    @Override
    public boolean isIgnored(float[] yTrue, int trueWidth, int position) {
        return yTrue[position * trueWidth] == ignored;
    }
}
