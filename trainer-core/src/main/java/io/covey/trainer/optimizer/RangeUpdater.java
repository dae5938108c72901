package io.covey.trainer.optimizer;

import io.covey.trainer.constraints.ConstrainedVariable;
import io.covey.trainer.memory.ExactSum;
import io.covey.trainer.model.UpdateRule;
import io.covey.trainer.optimizer.UpdatePlan.Segment;
import io.covey.trainer.regularizers.L1L2;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs an {@link UpdatePlan} on ranges of the flat vectors, splitting them at the variables' borders. The bits do not depend
 * on how the flat vector is cut into ranges. For one thread; allocates nothing per step.
 */
public final class RangeUpdater {
    /** A constrained variable and where it lies. */
    private record Constrained(long start, ConstrainedVariable variable) {}

    private final UpdatePlan plan;
    private final UpdateKernel kernel;
    private final BlockKernel decaying;
    private final BlockKernel blocks;
    private final NormSums sums;
    private final List<Constrained> constrained;
    /** By variable, for Adafactor; null for those that this updater has not transformed. */
    private final AdafactorRule[] transformations;

    private final long[] slots;

    private float gradientScale;
    private float learningRate;
    private long step;

    /**
     * An updater for one thread.
     *
     * @throws io.covey.trainer.CoveyException a caller's error when a constraint's axis is not the variable's
     */
    public RangeUpdater(UpdatePlan plan) {
        this.plan = plan;
        Optimizer optimizer = plan.optimizer();
        blocks = new BlockKernel(optimizer, false, plan.length());
        decaying = new BlockKernel(optimizer, true, plan.length());
        kernel = PlainSgdKernel.fits(optimizer) ? new PlainSgdKernel() : blocks;
        sums = plan.newSums();
        transformations = new AdafactorRule[plan.transformsVariables() ? plan.variables() : 0];
        slots = new long[optimizer.slots().size()];
        constrained = new ArrayList<>();
        for (int v = 0; v < plan.variables(); v++) {
            Segment segment = plan.segment(v);
            if (segment.parameter().isConstrained()) {
                constrained.add(new Constrained(
                        segment.start(),
                        new ConstrainedVariable(
                                segment.parameter().constraint(),
                                segment.parameter().shape())));
            }
        }
    }

    /** The norms that this updater has added up in the step. */
    public NormSums sums() {
        return sums;
    }

    /**
     * Begins a step.
     *
     * @param newGradientScale what turns gradient sums into means: 1 / samples
     * @param newLearningRate the step's learning rate
     * @param newStep the step, from 0
     */
    public void begin(float newGradientScale, float newLearningRate, long newStep) {
        gradientScale = newGradientScale;
        learningRate = newLearningRate;
        step = newStep;
        sums.clear();
    }

    /**
     * Runs one pass on a range.
     *
     * @param pass in [0, {@link UpdatePlan#passes})
     * @param totals the concluded sums of the passes before
     * @param offset of the range's first float in the flat vector
     * @param length number of floats
     * @param parameterAddress native address of the range's first parameter
     * @param slotAddresses native address of the range's first element of each slot, in the order of
     *     {@link Optimizer#slots}
     * @param gradientSumAddress native address of the range's summed gradient; scratch until the last pass
     * @throws IllegalArgumentException when norms are summed up and the range cuts a block of squares
     */
    public void run(
            int pass,
            NormSums totals,
            long offset,
            int length,
            long parameterAddress,
            long[] slotAddresses,
            long gradientSumAddress) {
        long end = offset + length;
        if (plan.passes() > 1 && offset % ExactSum.BLOCK != 0) {
            throw new IllegalArgumentException("a range begins at float " + offset
                    + ", where norms are summed up it must" + " begin at a multiple of " + ExactSum.BLOCK);
        }
        for (int v = plan.firstAfter(offset);
                v < plan.variables() && plan.segment(v).start() < end;
                v++) {
            Segment segment = plan.segment(v);
            long from = Math.max(offset, segment.start());
            int part = (int) (Math.min(end, segment.end()) - from);
            long bytes = (from - offset) * Float.BYTES;
            for (int s = 0; s < slots.length; s++) {
                slots[s] = slotAddresses[s] + bytes;
            }
            run(plan.pass(pass), pass == 0, totals, v, parameterAddress + bytes, gradientSumAddress + bytes, part);
        }
    }

    private void run(
            UpdatePlan.Pass pass,
            boolean isFirst,
            NormSums totals,
            int variable,
            long parameters,
            long gradients,
            int length) {
        Segment segment = plan.segment(variable);
        if (segment.rule() instanceof UpdateRule.MovingAverage average) {
            if (pass == UpdatePlan.Pass.UPDATE) {
                blocks.average(parameters, gradients, gradientScale, average.momentum(), length);
            }
            return;
        }
        if (!(segment.rule() instanceof UpdateRule.Optimized)) {
            return;
        }
        if (isFirst && segment.parameter().regularizer() instanceof L1L2 regularizer) {
            blocks.penalize(parameters, gradients, gradientScale, regularizer, length);
        }
        BlockKernel block = segment.decays() ? decaying : blocks;
        float clipFactor = totals.clipFactor(variable);
        switch (pass) {
            case GRADIENT_NORMS ->
                block.addSquares(gradients, slots, gradientScale, step, length, sums.gradient(variable));
            case DIRECTIONS ->
                block.direction(
                        parameters,
                        slots,
                        gradients,
                        gradientScale,
                        clipFactor,
                        learningRate,
                        step,
                        length,
                        sums.parameter(variable),
                        sums.direction(variable));
            case UPDATE -> {
                if (plan.scalesDirections()) {
                    float ratio = totals.trustRatio(variable);
                    float factor = plan.transformsVariables() ? ratio : ratio * learningRate;
                    block.follow(parameters, slots, gradients, factor, step, length);
                } else {
                    UpdateKernel chosen = segment.decays() ? decaying : kernel;
                    chosen.update(parameters, slots, gradients, gradientScale, clipFactor, learningRate, step, length);
                }
            }
        }
    }

    /**
     * Computes what depends on whole variables, before the last pass; see {@link UpdatePlan#transformsVariables}.
     *
     * @param totals the concluded sums of the passes before
     * @param offset of the range in the flat vector, which {@link UpdatePlan#cut} has cut
     * @param length number of floats
     * @param slotAddresses native address of the range's first element of each slot
     * @param gradientAddress native address of the range's gradient as the pass before has left it, all in one piece
     */
    public void transform(NormSums totals, long offset, long length, long[] slotAddresses, long gradientAddress) {
        if (!blocks.applies(step)) {
            return;
        }
        for (int v = plan.firstAfter(offset);
                v < plan.variables() && plan.segment(v).start() < offset + length;
                v++) {
            if (plan.segment(v).rule() instanceof UpdateRule.Optimized) {
                long bytes = (plan.segment(v).start() - offset) * Float.BYTES;
                for (int s = 0; s < slots.length; s++) {
                    slots[s] = slotAddresses[s] + bytes;
                }
                float ratio = transformation(v)
                        .apply(
                                gradientAddress + bytes,
                                slots,
                                totals.parameter(v).value(),
                                learningRate,
                                step / plan.optimizer().options().stepsPerUpdate());
                totals.setTrustRatio(v, ratio);
            }
        }
    }

    private AdafactorRule transformation(int variable) {
        if (transformations[variable] == null) {
            transformations[variable] = new AdafactorRule(
                    (Adafactor) plan.optimizer(),
                    plan.segment(variable).parameter().shape());
        }
        return transformations[variable];
    }

    /**
     * Applies the constraints, after the last pass over all ranges.
     *
     * @param offset of the range in the flat vector; variables that begin in it are constrained, and lie in it whole
     * @param length number of floats
     * @param parameterAddress native address of the range's first parameter
     */
    public void constrain(long offset, long length, long parameterAddress) {
        for (int i = 0; i < constrained.size(); i++) {
            Constrained each = constrained.get(i);
            long start = each.start();
            if (start >= offset && start < offset + length) {
                each.variable().apply(parameterAddress + (start - offset) * Float.BYTES);
            }
        }
    }

    /**
     * Keras' end of training with {@code use_ema}: the averages take the parameters' place. Does nothing without.
     *
     * @param offset of the range in the flat vector
     * @param length number of floats
     * @param parameterAddress native address of the range's first parameter
     * @param averageAddress native address of the range's first element of the last slot
     */
    public void overwriteWithAverage(long offset, long length, long parameterAddress, long averageAddress) {
        if (!plan.optimizer().options().useEma()) {
            return;
        }
        long end = offset + length;
        for (int v = plan.firstAfter(offset);
                v < plan.variables() && plan.segment(v).start() < end;
                v++) {
            Segment segment = plan.segment(v);
            if (segment.rule() instanceof UpdateRule.Optimized) {
                long from = Math.max(offset, segment.start());
                long bytes = (from - offset) * Float.BYTES;
                long part = Math.min(end, segment.end()) - from;
                blocks.copy(parameterAddress + bytes, averageAddress + bytes, part);
            }
        }
    }
}
