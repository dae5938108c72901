package io.covey.trainer.engine.loss;

import io.covey.trainer.CoveyException;
import io.covey.trainer.engine.Objective;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.OutputLoss;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.model.Model;
import io.covey.trainer.training.Loss;

/**
 * One loss for a model's only output.
 *
 * @param loss what is minimised
 */
public record CompiledLoss(Loss loss) implements Objective {
    @Override
    public OutputLoss lower(Model model, int index, Signal output, OnednnScope scope) {
        if (output.logits() == null || !output.logits().isSoftmax()) {
            throw CoveyException.caller("loss " + loss.kerasName() + " needs a model that ends in a softmax; model "
                    + model.name() + " ends in layer " + model.outputName(index));
        }
        return new SoftmaxCrossEntropy(output);
    }
}
