package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeBlocks;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.regularizers.Regularizer;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** The sum of a model's penalties on weights, which Keras adds to the loss. Their gradient is the update's to add. */
final class WeightPenalties {
    private static final int BLOCK_FLOATS = 4 * 1024;

    private final List<ParameterSpec> regularized;
    private final long[] sizes;
    private final NativeBlocks memory = new NativeBlocks();
    private final float[] block = new float[BLOCK_FLOATS];

    WeightPenalties(ParameterLayout layout) {
        regularized = layout.parameters().stream()
                .filter(spec -> spec.regularizer() != null)
                .toList();
        sizes = regularized.stream().mapToLong(ParameterSpec::size).toArray();
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
        ParameterSpec spec = regularized.get(index);
        Regularizer regularizer = spec.regularizer();
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
