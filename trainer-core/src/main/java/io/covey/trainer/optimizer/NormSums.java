package io.covey.trainer.optimizer;

import io.covey.trainer.memory.ExactSum;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The sums of squares that an update waits for, which do not depend on how the flat vector is cut between the blocks of
 * {@link ExactSum}: of gradients, where they are clipped by norm, and of parameters and directions for {@link Lamb}.
 *
 * <p>Every thread and every server shard adds up its own ranges with a {@link RangeUpdater}; one adds the others' sums to its
 * own ({@link #merge(int, NormSums)}, between processes {@link #copyTo} and {@link #merge(int, long[])}), then {@link #conclude}s, and
 * all read the factors.
 */
public final class NormSums {
    private final UpdatePlan plan;
    private final ExactSum[] gradients;
    private final ExactSum[] parameters;
    private final ExactSum[] directions;
    /** By pass. */
    private final ExactSum[][] groups;

    private final float[] clipFactors;
    private final float[] trustRatios;

    NormSums(UpdatePlan plan) {
        this.plan = plan;
        int variables = plan.variables();
        int norms =
                switch (plan.optimizer().options().clipping()) {
                    case VARIABLE_NORM -> variables;
                    case GLOBAL_NORM -> 1;
                    case VALUE, NONE -> 0;
                };
        gradients = sums(norms);
        parameters = sums(plan.scalesDirections() ? variables : 0);
        directions = sums(plan.transformsVariables() ? 0 : parameters.length);
        groups = new ExactSum[plan.passes()][];
        for (int pass = 0; pass < groups.length; pass++) {
            groups[pass] = switch (plan.pass(pass)) {
                case GRADIENT_NORMS -> gradients;
                case DIRECTIONS ->
                    Stream.of(parameters, directions).flatMap(Stream::of).toArray(ExactSum[]::new);
                case UPDATE -> new ExactSum[0];
            };
        }
        clipFactors = new float[Math.max(1, norms)];
        trustRatios = new float[parameters.length];
        Arrays.fill(clipFactors, 1f);
    }

    private static ExactSum[] sums(int count) {
        return Stream.generate(ExactSum::new).limit(count).toArray(ExactSum[]::new);
    }

    /** Forgets the last step. */
    public void clear() {
        for (ExactSum[] group : groups) {
            for (ExactSum sum : group) {
                sum.clear();
            }
        }
    }

    /** The sum that the gradient of a variable goes into. */
    ExactSum gradient(int variable) {
        return gradients[gradients.length == 1 ? 0 : variable];
    }

    ExactSum parameter(int variable) {
        return parameters[variable];
    }

    /** Null where directions are transformed, not scaled by their norm. */
    ExactSum direction(int variable) {
        return directions.length == 0 ? null : directions[variable];
    }

    /** Adds what another updater has summed up in {@code pass}. */
    public void merge(int pass, NormSums other) {
        ExactSum[] mine = groups[pass];
        for (int i = 0; i < mine.length; i++) {
            mine[i].merge(other.groups[pass][i]);
        }
    }

    /** Longs that {@link #copyTo} writes for {@code pass}. */
    public int stateLength(int pass) {
        return groups[pass].length * ExactSum.STATE_LENGTH;
    }

    /** Writes the sums of {@code pass}, for another process. */
    public void copyTo(int pass, long[] target) {
        for (int i = 0; i < groups[pass].length; i++) {
            groups[pass][i].copyTo(target, i * ExactSum.STATE_LENGTH);
        }
    }

    /** Adds the sums of {@code pass} from another process. */
    public void merge(int pass, long[] source) {
        for (int i = 0; i < groups[pass].length; i++) {
            groups[pass][i].merge(source, i * ExactSum.STATE_LENGTH);
        }
    }

    /**
     * Computes the factors of the sums of {@code pass}, which must be complete. Afterwards they may be read by any thread that
     * this happened before.
     */
    public void conclude(int pass) {
        switch (plan.pass(pass)) {
            case GRADIENT_NORMS -> concludeClipFactors();
            case DIRECTIONS -> concludeTrustRatios();
            case UPDATE -> {}
        }
    }

    private void concludeClipFactors() {
        OptimizerOptions options = plan.optimizer().options();
        for (int g = 0; g < gradients.length; g++) {
            float norm = norm(gradients[g]);
            if (options.clipping() == Clipping.GLOBAL_NORM) {
                double limit = options.globalClipnorm();
                // Keras: NaN where the norm is not finite.
                clipFactors[g] =
                        Float.isFinite(norm) ? (float) limit * Math.min(1f / norm, (float) (1 / limit)) : Float.NaN;
            } else {
                float limit = options.clipnorm().floatValue();
                clipFactors[g] = limit / Math.max(norm, limit);
            }
        }
    }

    private void concludeTrustRatios() {
        for (int v = 0; v < directions.length; v++) {
            float ofParameters = norm(parameters[v]);
            float ofDirection = norm(directions[v]);
            trustRatios[v] = ofParameters > 0 && ofDirection > 0 ? ofParameters / ofDirection : 1f;
        }
    }

    /** Infinite, as in Keras, where float32 cannot hold the sum of the squares. */
    private static float norm(ExactSum sum) {
        double squares = sum.value();
        return squares > Float.MAX_VALUE ? Float.POSITIVE_INFINITY : (float) Math.sqrt(squares);
    }

    /** What the mean gradient of a variable is multiplied by. */
    float clipFactor(int variable) {
        return clipFactors[clipFactors.length == 1 ? 0 : variable];
    }

    /** Sets what {@link #trustRatio} returns. */
    void setTrustRatio(int variable, float ratio) {
        trustRatios[variable] = ratio;
    }

    /** What a variable's direction is multiplied by: by Lamb beside the learning rate, by Adafactor in all. */
    float trustRatio(int variable) {
        return trustRatios[variable];
    }
}
