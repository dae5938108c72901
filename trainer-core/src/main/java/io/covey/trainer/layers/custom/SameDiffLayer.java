package io.covey.trainer.layers.custom;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A layer of the user's own, written as an expression of Deeplearning4j's SameDiff, which also differentiates it. As in Keras
 * a subclass has three parts: the constructor reads the arguments, {@link #weights} (Keras' {@code build}) names the
 * variables for an input's shape, {@link #call} computes the output. Make it known to job files and Keras' JSON by {@link
 * io.covey.trainer.layers.LayerTypes#register}.
 *
 * <p>SameDiff allocates in every step, so such a layer costs more than Covey's own; the others in the model do not.
 */
public abstract class SameDiffLayer extends Layer {
    private static final long serialVersionUID = 1L;

    /** Reads what all layers have; subclasses read the rest. */
    protected SameDiffLayer(Arguments arguments) {
        super(arguments);
    }

    /**
     * The output.
     *
     * @param graph where the expression is made
     * @param inputs what the layer is called on, rows first
     * @param weights in the order of {@link #weights}
     * @param training Keras' argument of that name
     * @return rows first, then the shape that {@link #outputShape} says
     */
    public abstract SDVariable call(
            SameDiff graph, List<SDVariable> inputs, List<SDVariable> weights, boolean training);
}
