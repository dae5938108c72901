package io.covey.trainer.engine;

import io.covey.trainer.model.Model;

/** What a model is trained for: the losses and metrics of its outputs. Immutable. */
public interface Objective {
    /**
     * The loss of one output, for one program.
     *
     * @param index of the output
     * @param output in C order
     */
    OutputLoss lower(Model model, int index, Signal output, OnednnScope scope);
}
