package io.covey.spark.bench;

import io.covey.trainer.layers.convolutional.Convolution;
import io.covey.trainer.layers.rnn.RecurrentLayer;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import java.util.List;

/**
 * Floating-point operations of matrix products and convolutions in training on one sample: two per multiplication and
 * addition, three products per kernel (forward, gradient of the kernel, gradient of the input), two where the model's input
 * comes in.
 */
final class TrainingFlops {
    private TrainingFlops() {}

    static double perSample(Model model) {
        double flops = 0;
        boolean takesInput = true;
        for (Node node : model.nodes()) {
            double positions = positions(node);
            for (ParameterSpec parameter : node.parameters()) {
                if (parameter.shape().size() > 1) {
                    flops += 2 * parameter.size() * positions * (takesInput ? 2 : 3);
                    takesInput = false;
                }
            }
        }
        return flops;
    }

    /** How often one sample meets a kernel: at each place of a convolution's output, in each step of a sequence. */
    private static double positions(Node node) {
        List<Integer> shape = node.outputShape();
        if (node.layer() instanceof Convolution) {
            return shape.stream().limit(shape.size() - 1L).reduce(1, Math::multiplyExact);
        }
        return node.layer() instanceof RecurrentLayer
                ? node.calls().get(0).inputs().get(0).shape().get(0)
                : 1;
    }
}
