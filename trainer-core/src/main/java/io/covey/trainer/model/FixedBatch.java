package io.covey.trainer.model;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.core.InputLayer;
import java.util.List;
import java.util.stream.IntStream;

/** The size of all batches, which a model with stateful layers needs: one that its inputs give, or those of models inside it. */
final class FixedBatch {
    private FixedBatch() {}

    /**
     * The batch size of a model.
     *
     * @return 0 if no input gives one
     * @throws CoveyException a caller's error when a layer is stateful and there is not one batch size
     */
    static int of(String model, List<Node> nodes) {
        List<Integer> sizes = nodes.stream()
                .map(Node::layer)
                .flatMapToInt(FixedBatch::sizes)
                .filter(size -> size > 0)
                .distinct()
                .boxed()
                .toList();
        if (sizes.size() == 1) {
            return sizes.get(0);
        }
        nodes.stream()
                .filter(node -> node.layer().statefulSize() > 0)
                .findFirst()
                .ifPresent(node -> {
                    throw CoveyException.caller(
                            "layer " + node.name() + " of model " + model + " is stateful and needs batches of one"
                                    + " size, but the inputs give " + (sizes.isEmpty() ? "none" : "several, " + sizes)
                                    + ": give each input the same batch_size, or a batch_shape as in [32, 10, 8]");
                });
        return 0;
    }

    private static IntStream sizes(Layer layer) {
        if (layer instanceof InputLayer input) {
            return IntStream.of(input.batchSize());
        }
        return layer instanceof ModelLayer inner
                ? IntStream.of(inner.model().batchSize())
                : layer.innerLayers().stream().flatMapToInt(FixedBatch::sizes);
    }
}
