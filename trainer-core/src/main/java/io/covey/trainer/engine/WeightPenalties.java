package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeBlocks;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.regularizers.L1L2;
import io.covey.trainer.regularizers.OrthogonalRegularizer;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The sum of a model's penalties on weights, which Keras adds to the loss. Their gradient is the update's to add, but for that of
 * {@link OrthogonalPenaltyOp}.
 */
final class WeightPenalties {
    private static final int BLOCK_FLOATS = 4 * 1024;

    private final List<ParameterSpec> regularized;
    private final long[] sizes;
    /** By variable; null for another penalty. */
    private final OrthogonalPenalty[] orthogonal;

    private final NativeBlocks memory = new NativeBlocks();
    private final float[] block = new float[BLOCK_FLOATS];

    WeightPenalties(ParameterLayout layout) {
        regularized = layout.parameters().stream()
                .filter(spec -> spec.regularizer() != null)
                .toList();
        orthogonal = regularized.stream()
                .map(spec -> isOrthogonal(spec) ? new OrthogonalPenalty(spec) : null)
                .toArray(OrthogonalPenalty[]::new);
        sizes = regularized.stream().mapToLong(ParameterSpec::size).toArray();
    }

    private static boolean isOrthogonal(ParameterSpec spec) {
        return spec.regularizer() instanceof OrthogonalRegularizer;
    }

    /** Adds the operations that penalties need in backward, before those of layers. */
    static void lower(ProgramBuilder program) {
        for (Parameter parameter : program.parameters()) {
            if (program.options().gradients() && isOrthogonal(parameter.spec())) {
                parameter.share(program.scope());
                program.add(parameter.spec().path(), new OrthogonalPenaltyOp(parameter, program.rows()));
            }
        }
    }

    /** Whether no weight has a penalty. */
    boolean isEmpty() {
        return regularized.isEmpty();
    }

    /** Numbers of variables that have a penalty, in the order of {@link #value(int, FloatPointer)}. */
    List<ParameterSpec> regularized() {
        return regularized;
    }

    /**
     * The penalty of one variable.
     *
     * @param index in {@link #regularized}
     * @param values the variable's
     */
    double value(int index, FloatPointer values) {
        if (orthogonal[index] != null) {
            return orthogonal[index].value(values.address());
        }
        L1L2 regularizer = (L1L2) regularized.get(index).regularizer();
        double absolute = 0;
        double square = 0;
        long size = sizes[index];
        for (long done = 0; done < size; ) {
            int n = (int) Math.min(BLOCK_FLOATS, size - done);
            memory.read(values.address() + done * Float.BYTES, block, n);
            for (int i = 0; i < n; i++) {
                double w = block[i];
                absolute += Math.abs(w);
                square += w * w;
            }
            done += n;
        }
        return regularizer.l1() * absolute + regularizer.l2() * square;
    }
}
