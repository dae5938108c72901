package io.covey.trainer.autodiff;

import io.covey.trainer.CoveyException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * TensorFlow's GradientTape on Deeplearning4j's SameDiff: expressions of the tape's tensors are differentiated by those
 * that it watches. Trainable variables are watched from the start, constants only after {@link #watch}. A tape serves one
 * call of {@code gradient} unless it is persistent. Not thread-safe.
 */
public final class GradientTape implements AutoCloseable {
    /** Step of the central differences, for numbers near 1: the error is near 1e-10 in double precision. */
    private static final double STEP = 1e-5;

    private final SameDiff graph = SameDiff.create();
    private final Set<String> watched = new HashSet<>();
    private final boolean persistent;
    private boolean used;

    /** A tape for one set of gradients. */
    public GradientTape() {
        this(false);
    }

    private GradientTape(boolean persistent) {
        this.persistent = persistent;
    }

    /** A tape for any number of gradients. */
    public static GradientTape persistent() {
        return new GradientTape(true);
    }

    /** A trainable variable, watched. */
    public SDVariable variable(INDArray value) {
        SDVariable variable = constant(value);
        watch(variable);
        return variable;
    }

    /** A variable that is not trainable: not watched. */
    public SDVariable nonTrainableVariable(INDArray value) {
        return constant(value);
    }

    /** A constant, not watched. */
    public SDVariable constant(INDArray value) {
        // SameDiff differentiates by its variables only, and a constant may yet be watched.
        return graph.var("tensor_" + graph.variables().size(), value.dup());
    }

    /** Has gradients by {@code tensor} computed. */
    public void watch(SDVariable tensor) {
        watched.add(tensor.name());
    }

    /**
     * The maximum over all numbers; in its gradient equal numbers share alike, as in TensorFlow.
     *
     * @param x any shape
     */
    public static SDVariable max(SDVariable x) {
        SDVariable isLargest = x.eq(x.max()).castTo(x.dataType());
        return x.mul(isLargest).sum().div(isLargest.sum());
    }

    /**
     * The gradient by one tensor, see {@link #gradient(SDVariable, List)}.
     *
     * @return null when there is none
     */
    public INDArray gradient(SDVariable target, SDVariable source) {
        return gradient(target, List.of(source)).get(0);
    }

    /**
     * Gradients of the sum of the numbers of {@code target}.
     *
     * @return one for each source; null for a source that is not watched, or that the target does not depend on
     * @throws CoveyException a caller's error at the second call on a tape that is not persistent
     */
    public List<INDArray> gradient(SDVariable target, List<SDVariable> sources) {
        if (used && !persistent) {
            throw CoveyException.caller("A non-persistent GradientTape can only be used to compute one set of gradients"
                    + " (or jacobians); make it by GradientTape.persistent()");
        }
        used = true;
        return gradients(target, sources);
    }

    /**
     * The second derivative of the sum of the numbers of {@code target} by {@code source}, times a direction: the derivative
     * of the gradient along it. By central differences of exact gradients; use double precision. Counts as a call of
     * {@code gradient}.
     *
     * @param direction shaped like the source; ones for the sums of the Hessian's rows
     * @return null where the gradient is
     */
    public INDArray secondDerivative(SDVariable target, SDVariable source, INDArray direction) {
        INDArray at = source.getArr().dup();
        INDArray shift = direction.mul(STEP);
        if (gradient(target, source) == null) {
            return null;
        }
        try {
            source.setArray(at.add(shift));
            INDArray after = gradients(target, List.of(source)).get(0);
            source.setArray(at.sub(shift));
            INDArray before = gradients(target, List.of(source)).get(0);
            return after.sub(before).div(2 * STEP);
        } finally {
            source.setArray(at);
        }
    }

    private List<INDArray> gradients(SDVariable target, List<SDVariable> sources) {
        Set<String> ancestors = ancestors(target);
        List<String> connected = sources.stream()
                .map(SDVariable::name)
                .filter(name -> watched.contains(name) && ancestors.contains(name))
                .distinct()
                .toList();
        List<INDArray> gradients = new ArrayList<>();
        Map<String, INDArray> found = Map.of();
        if (!connected.isEmpty()) {
            graph.setLossVariables(target.sum().name());
            found = graph.calculateGradients(Map.of(), connected);
        }
        for (SDVariable source : sources) {
            INDArray gradient = found.get(source.name());
            boolean isTarget = watched.contains(source.name()) && source.name().equals(target.name());
            gradients.add(gradient != null ? gradient.dup() : isTarget ? Nd4j.onesLike(source.getArr()) : null);
        }
        return gradients;
    }

    /** What the target is computed from, not itself. */
    private Set<String> ancestors(SDVariable target) {
        Set<String> ancestors = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(target.name()));
        while (!open.isEmpty()) {
            String producer = graph.getVariables().get(open.pop()).getOutputOfOp();
            SameDiffOp op = producer == null ? null : graph.getOps().get(producer);
            if (op != null) {
                for (String input : op.getInputsToOp()) {
                    if (ancestors.add(input)) {
                        open.push(input);
                    }
                }
            }
        }
        return ancestors;
    }

    /** Frees the arrays. */
    @Override
    public void close() {
        graph.variables().stream()
                .map(SDVariable::getArr)
                .filter(array -> array != null && array.closeable())
                .forEach(INDArray::close);
    }
}
