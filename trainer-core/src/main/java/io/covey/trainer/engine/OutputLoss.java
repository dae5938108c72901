package io.covey.trainer.engine;

import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.objective.MetricState;

/** The loss and the metrics of one output of a program. */
public interface OutputLoss {
    /** Takes the targets of micro-batch row {@code row} from row {@code slot} of a block. */
    void put(int row, SampleBlock block, int slot);

    /**
     * Adds this micro-batch to {@code metrics}, after the operations' forward.
     *
     * @param batchRows samples of the global batch that the micro-batch is a part of
     */
    void forward(MetricState metrics, int batchRows);

    /** Writes the gradient of the sum of this micro-batch's losses, before the operations' backward. */
    void backward(int batchRows);

    /** The model's output. */
    Tensor output();
}
