package io.covey.trainer.engine;

import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.MetricState;

/** No loss and no metrics: for programs whose outputs are all that is asked for. */
public final class OutputsOnly implements Objective {
    @Override
    public OutputLoss lower(Model model, int index, Signal output, OnednnScope scope) {
        return new Output(output.value());
    }

    private record Output(Tensor output) implements OutputLoss {
        @Override
        public void put(int row, SampleBlock block, int slot) {}

        @Override
        public void forward(MetricState metrics, int batchRows) {}

        @Override
        public void backward(int batchRows) {
            throw new IllegalStateException("a program without a loss has no gradients");
        }
    }
}
