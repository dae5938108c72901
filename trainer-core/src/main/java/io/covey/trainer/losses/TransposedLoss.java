package io.covey.trainer.losses;

/** A loss over other axes than the last: works on transposed copies, which grow to the largest batch. */
final class TransposedLoss implements LossFunction {
    private final LossFunction function;
    private final ReducedAxes axes;
    private float[] targets = {};
    private float[] predictions = {};
    private float[] transposed = {};

    TransposedLoss(LossFunction function, ReducedAxes axes) {
        this.function = function;
        this.axes = axes;
    }

    @Override
    public void values(float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] values) {
        load(yTrue, yPred, positions * width);
        function.values(targets, trueWidth, predictions, width, positions, values);
    }

    @Override
    public void gradient(
            float[] yTrue, int trueWidth, float[] yPred, int width, int positions, float[] scales, float[] gradient) {
        load(yTrue, yPred, positions * width);
        function.gradient(targets, trueWidth, predictions, width, positions, scales, transposed);
        axes.restore(transposed, positions * width, gradient);
    }

    private void load(float[] yTrue, float[] yPred, int count) {
        if (predictions.length < count) {
            targets = new float[count];
            predictions = new float[count];
            transposed = new float[count];
        }
        axes.transpose(yTrue, count, targets);
        axes.transpose(yPred, count, predictions);
    }
}
