package io.covey.spark.job;

import io.covey.trainer.model.Model;
import java.io.Serializable;
import java.util.List;

/**
 * The section {@code model}: how the file says it, and what it says.
 *
 * @param name of the model
 * @param inputShape shape of one sample of a stack's input; null where the layers say it
 * @param sequential the layers of a stack, or null
 * @param functional the layers of a graph, or null
 * @param outputs names of the layers whose outputs are a graph's, or null
 * @param file of Keras' that holds the model, or null
 * @param model what all this makes
 */
public record ModelConfig(
        String name,
        List<Integer> inputShape,
        List<Named> sequential,
        List<Named> functional,
        List<String> outputs,
        String file,
        Model model)
        implements Serializable {}
