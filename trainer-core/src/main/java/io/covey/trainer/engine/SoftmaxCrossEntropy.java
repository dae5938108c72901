package io.covey.trainer.engine;

import io.covey.trainer.training.MetricState;
import io.covey.trainer.training.Metrics;
import java.nio.FloatBuffer;

/**
 * A model's closing softmax with sparse categorical cross-entropy from the logits, without clipping, as in Keras.
 *
 * <p>With m the class of the largest logit, {@code -log_softmax(logits)[label] = logits[m] - logits[label] - log(p[m])}, p
 * being the softmax: as p[m] is at least 1 / classes, the loss is exact for logits of any size, and costs one logarithm per
 * sample. The gradient is {@code p - onehot(label)}.
 */
final class SoftmaxCrossEntropy {
    private final int rows;
    private final int classes;
    private final SoftmaxOp softmax;
    private final FloatBuffer logits;
    private final FloatBuffer probabilities;
    private final FloatBuffer gradient;

    /** @param logitsGradient where the gradient goes, null for inference only */
    SoftmaxCrossEntropy(OnednnScope scope, Tensor logits, Tensor logitsGradient) {
        rows = logits.rows();
        classes = logits.width();
        Tensor output = scope.tensor(rows, classes);
        softmax = new SoftmaxOp(scope, logits, output, null, null);
        this.logits = logits.values().buffer();
        probabilities = output.values().buffer();
        gradient = logitsGradient == null ? null : logitsGradient.values().buffer();
    }

    /** The model's output, (rows, classes). */
    FloatBuffer probabilities() {
        return probabilities;
    }

    /** Computes the probabilities and adds this micro-batch to {@code metrics}. */
    void forward(int[] labels, MetricState metrics) {
        softmax.forward();
        double loss = 0;
        int correct = 0;
        for (int row = 0; row < rows; row++) {
            int first = row * classes;
            int label = labels[row];
            int predicted = firstLargest(first);
            double margin = (double) logits.get(first + predicted) - logits.get(first + label);
            loss += margin - Math.log(probabilities.get(first + predicted));
            correct += predicted == label ? 1 : 0;
        }
        metrics.add(Metrics.SAMPLES, rows);
        metrics.add(Metrics.LOSS, loss);
        metrics.add(Metrics.CORRECT, correct);
    }

    /** Writes the gradient of the sum of this micro-batch's losses. */
    void backward(int[] labels) {
        gradient.put(0, probabilities, 0, rows * classes);
        for (int row = 0; row < rows; row++) {
            int index = row * classes + labels[row];
            gradient.put(index, probabilities.get(index) - 1f);
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
