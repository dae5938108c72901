package io.covey.trainer.engine.loss;

import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.OutputLoss;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.nio.FloatBuffer;

/**
 * A model's closing softmax with sparse categorical cross-entropy from the logits, without clipping, as in Keras.
 *
 * <p>With m the class of the largest logit, {@code -log_softmax(logits)[label] = logits[m] - logits[label] - log(p[m])}, p
 * being the softmax: as p[m] is at least 1 / classes, the loss is exact for logits of any size, and costs one logarithm per
 * sample. The gradient is {@code p - onehot(label)}.
 */
final class SoftmaxCrossEntropy implements OutputLoss {
    private final int rows;
    private final int classes;
    private final Tensor output;
    private final int[] labels;
    private final FloatBuffer logits;
    private final FloatBuffer probabilities;
    private final FloatBuffer gradient;
    private final StateLayout.Output place;
    private final float[] weights;
    private boolean weighted;

    /** @param output made by a softmax over the last axis of a matrix; the softmax's backward is taken over */
    SoftmaxCrossEntropy(StateLayout.Output place, Signal output) {
        this.place = place;
        this.output = output.value();
        rows = this.output.rows();
        classes = this.output.width();
        labels = new int[rows];
        weights = new float[rows];
        Signal input = output.logits().signal();
        output.logits().takeOver();
        logits = input.value().values().buffer();
        probabilities = this.output.values().buffer();
        gradient = input.gradient() == null ? null : input.gradient().values().buffer();
    }

    @Override
    public Tensor output() {
        return output;
    }

    @Override
    public void put(int row, SampleBlock block, int slot) {
        labels[row] = (int) block.targets().get(0).get(slot);
        weighted = block.sampleWeights() != null;
        weights[row] = weighted ? block.sampleWeights()[slot] : 1f;
    }

    @Override
    public void forward(MetricState metrics, int batchRows) {
        double loss = 0;
        double weightSum = 0;
        double weightedCorrect = 0;
        int correct = 0;
        for (int row = 0; row < rows; row++) {
            int first = row * classes;
            int label = labels[row];
            int predicted = firstLargest(first);
            double margin = (double) logits.get(first + predicted) - logits.get(first + label);
            loss += weights[row] * (margin - Math.log(probabilities.get(first + predicted)));
            weightSum += weights[row];
            if (predicted == label) {
                correct++;
                weightedCorrect += weights[row];
            }
        }
        metrics.add(StateLayout.SAMPLES, rows);
        metrics.add(StateLayout.LOSS, loss);
        for (int i = 0; i < place.metrics().size(); i++) {
            StateLayout.Place metric = place.metrics().get(i);
            metrics.add(metric.offset(), metric.weighted() ? weightedCorrect : correct);
            metrics.add(metric.offset() + 1, metric.weighted() ? weightSum : rows);
        }
    }

    @Override
    public void backward(int batchRows) {
        if (gradient == null) {
            return; // Nothing before the output is trained.
        }
        gradient.put(0, probabilities, 0, rows * classes);
        for (int row = 0; row < rows; row++) {
            int index = row * classes + labels[row];
            gradient.put(index, probabilities.get(index) - 1f);
            if (weighted) {
                for (int i = row * classes; i < (row + 1) * classes; i++) {
                    gradient.put(i, gradient.get(i) * weights[row]);
                }
            }
        }
    }

    /** Of equal largest probabilities the first counts, as in Keras' accuracy. */
    private int firstLargest(int first) {
        int best = 0;
        float largest = probabilities.get(first);
        for (int c = 1; c < classes; c++) {
            float value = probabilities.get(first + c);
            if (value > largest) {
                largest = value;
                best = c;
            }
        }
        return best;
    }
}
