package io.covey.trainer.engine;

import io.covey.trainer.model.Model;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Looks for masks that reach a model's outputs, where losses average over the positions that they let count. */
public final class OutputMasks {
    private OutputMasks() {}

    /** Whether an output of the model has a mask. */
    public static boolean reachOutputs(Model model) {
        if (model.nodes().stream().noneMatch(node -> node.layer().makesMask())) {
            return false;
        }
        AtomicBoolean masked = new AtomicBoolean();
        OutputsOnly outputs = new OutputsOnly();
        Objective observer = (lowered, index, output, scope) -> {
            if (output.mask() != null) {
                masked.set(true);
            }
            return outputs.lower(lowered, index, output, scope);
        };
        List<InputFormat> formats = Collections.nCopies(model.inputs().size(), InputFormat.FLOAT32);
        Program.compile(model, observer, formats, 1, 1, ProgramOptions.INFERENCE)
                .close();
        return masked.get();
    }
}
