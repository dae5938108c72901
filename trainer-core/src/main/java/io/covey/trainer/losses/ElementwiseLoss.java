package io.covey.trainer.losses;

/** The mean of an {@link ElementLoss} over a position. */
final class ElementwiseLoss extends PositionLoss {
    private final ElementLoss element;

    ElementwiseLoss(ElementLoss element) {
        this.element = element;
    }

    @Override
    double value(float[] yTrue, int t, float[] yPred, int p, int width) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += element.value(yTrue[t + i], yPred[p + i]);
        }
        return sum / width;
    }

    @Override
    void gradient(float[] yTrue, int t, float[] yPred, int p, int width, double scale, float[] gradient) {
        double elementScale = scale / width;
        for (int i = 0; i < width; i++) {
            gradient[p + i] = (float) (elementScale * element.derivative(yTrue[t + i], yPred[p + i]));
        }
    }
}
