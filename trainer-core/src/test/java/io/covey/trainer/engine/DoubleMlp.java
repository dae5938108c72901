package io.covey.trainer.engine;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;

/** Dense layers and sparse categorical cross-entropy in double precision: what the engine is compared with. */
final class DoubleMlp {
    private final Model model;

    DoubleMlp(Model model) {
        this.model = model;
    }

    /** Sum over rows of {@code -log_softmax(logits)[label]}. */
    double lossSum(double[] parameters, double[][] inputs, int[] labels) {
        double sum = 0;
        for (int row = 0; row < labels.length; row++) {
            sum += loss(parameters, inputs[row], labels[row]);
        }
        return sum;
    }

    private double loss(double[] parameters, double[] input, int label) {
        double[] values = input;
        int last = model.nodes().size() - 1;
        for (int i = 0; i <= last; i++) {
            Node node = model.nodes().get(i);
            if (node.layer() instanceof Dense dense) {
                values = dense(dense, node, parameters, values);
                if (dense.activation() == Activation.SOFTMAX) {
                    double normaliser = logSumExp(values);
                    if (i == last) {
                        return normaliser - values[label];
                    }
                    for (int k = 0; k < values.length; k++) {
                        values[k] = Math.exp(values[k] - normaliser);
                    }
                }
            }
        }
        throw new IllegalArgumentException("the model does not end in a softmax");
    }

    private static double[] dense(Dense dense, Node node, double[] parameters, double[] input) {
        double[] output = new double[dense.units()];
        int kernel = (int) node.parameters().get(0).offset();
        for (int unit = 0; unit < output.length; unit++) {
            double sum =
                    dense.hasBias() ? parameters[(int) node.parameters().get(1).offset() + unit] : 0;
            for (int i = 0; i < input.length; i++) {
                sum += input[i] * parameters[kernel + i * output.length + unit];
            }
            output[unit] = dense.activation() == Activation.RELU ? Math.max(0, sum) : sum;
        }
        return output;
    }

    private static double logSumExp(double[] values) {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            max = Math.max(max, value);
        }
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value - max);
        }
        return max + Math.log(sum);
    }
}
