package io.covey.trainer.optimizer;

import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.model.UpdateRule;
import java.util.ArrayList;
import java.util.List;

/**
 * How each variable of a flat vector is updated, and in how many passes over it. Immutable.
 *
 * <p>A step makes {@link #passes} passes over all ranges with {@link RangeUpdater#run}; between two passes the
 * {@link NormSums} of all ranges are merged and concluded. Most optimizers need one pass. Constraints follow after the last.
 */
public final class UpdatePlan {
    /** What a pass computes. */
    enum Pass {
        /** Sums of squares of the gradients. */
        GRADIENT_NORMS,
        /** Lamb's and Adafactor's directions, in place of the gradients, and the norms that scale them. */
        DIRECTIONS,
        /** The parameters. */
        UPDATE
    }

    /**
     * A variable.
     *
     * @param end the float after its last one
     * @param decays whether the optimizer's weight decay acts on it
     */
    record Segment(ParameterSpec parameter, long end, boolean decays) {
        long start() {
            return parameter.offset();
        }

        UpdateRule rule() {
            return parameter.rule();
        }
    }

    private final ParameterLayout layout;
    private final Optimizer optimizer;
    private final List<Segment> segments;
    private final List<Pass> passes;
    private final boolean constrained;

    /** The plan of one optimizer for the variables of a layout. */
    public UpdatePlan(ParameterLayout layout, Optimizer optimizer) {
        this.layout = layout;
        this.optimizer = optimizer;
        List<Segment> all = new ArrayList<>();
        for (ParameterSpec parameter : layout.parameters()) {
            boolean decays = optimizer.options().decays(parameter.name());
            all.add(new Segment(parameter, parameter.offset() + parameter.size(), decays));
        }
        segments = List.copyOf(all);
        constrained = segments.stream().anyMatch(s -> s.parameter().isConstrained());
        List<Pass> needed = new ArrayList<>();
        if (optimizer.options().clipping().needsNorms()) {
            needed.add(Pass.GRADIENT_NORMS);
        }
        if (scalesDirections()) {
            needed.add(Pass.DIRECTIONS);
        }
        needed.add(Pass.UPDATE);
        passes = List.copyOf(needed);
    }

    /** The optimizer. */
    public Optimizer optimizer() {
        return optimizer;
    }

    /** Length of the flat vectors. */
    long length() {
        return layout.length();
    }

    /**
     * Cuts the flat vector into the ranges of server shards.
     *
     * @throws IllegalArgumentException when it cannot be cut into so many
     */
    public List<ShardRange> cut(int shards) {
        return layout.cut(shards, cuts());
    }

    /** The largest number of ranges that {@link #cut} can make. */
    public long maxShards() {
        return layout.maxShards(cuts());
    }

    /** Between rows, as far as the sums of {@link NormSums} allow, or between variables where the optimizer needs whole ones. */
    private ParameterLayout.Cuts cuts() {
        if (transformsVariables()) {
            return ParameterLayout.Cuts.VARIABLES;
        }
        return passes() > 1 ? ParameterLayout.Cuts.ALIGNED_ROWS : ParameterLayout.Cuts.ROWS;
    }

    /** Number of passes over the flat vector in a step, at least 1. */
    public int passes() {
        return passes.size();
    }

    /** Whether a range can be updated before the gradients of others are known: one pass, and no constraint. */
    public boolean isRangewise() {
        return passes() == 1 && !hasConstraints();
    }

    /** Whether some variables are constrained. */
    public boolean hasConstraints() {
        return constrained;
    }

    /** New sums, all zero. */
    public NormSums newSums() {
        return new NormSums(this);
    }

    /** Whether {@link RangeUpdater#transform} is to be called before the last pass. */
    public boolean transformsVariables() {
        return optimizer instanceof Adafactor;
    }

    boolean scalesDirections() {
        return optimizer instanceof Lamb || transformsVariables();
    }

    int variables() {
        return segments.size();
    }

    Pass pass(int number) {
        return passes.get(number);
    }

    Segment segment(int variable) {
        return segments.get(variable);
    }

    /** The first variable that ends after {@code offset}; {@link #variables} if there is none. */
    int firstAfter(long offset) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).end() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
