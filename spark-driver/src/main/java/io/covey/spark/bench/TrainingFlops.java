package io.covey.spark.bench;

import io.covey.trainer.layers.convolutional.Convolution;
import io.covey.trainer.layers.rnn.RecurrentLayer;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;

/**
 * Floating-point operations of matrix products and convolutions in training on one sample: two per multiplication and
 * addition, three products per kernel (forward, gradient of the kernel, gradient of the input), two in the first layer.
 */
final class TrainingFlops {
    private TrainingFlops() {}

    static double perSample(Model model) {
        double flops = 0;
        boolean first = true;
        for (Node node : model.nodes()) {
            double products = products(node);
            if (products > 0) {
                flops += 2 * products * (first ? 2 : 3);
                first = false;
            }
        }
        return flops;
    }

    /** Multiplications in one forward of one sample. */
    private static double products(Node node) {
        double positions = node.layer() instanceof RecurrentLayer
                ? node.calls().get(0).inputs().get(0).shape().get(0)
                : 1;
        if (node.layer() instanceof Convolution) {
            for (int axis = 0; axis < node.outputShape().size() - 1; axis++) {
                positions *= node.outputShape().get(axis);
            }
        }
        double products = 0;
        for (ParameterSpec parameter : node.parameters()) {
            if (parameter.shape().size() > 1) {
                products += parameter.size() * positions;
            }
        }
        return products;
    }
}
