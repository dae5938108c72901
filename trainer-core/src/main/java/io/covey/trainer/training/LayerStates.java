package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.engine.Program;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.Model;
import java.nio.FloatBuffer;

/**
 * The states that stateful layers hand on from batch to batch, {@link Model#statefulSize} numbers for each row of a batch. Lanes
 * may run programs on rows of their own side by side.
 */
public final class LayerStates implements AutoCloseable {
    /** Those of a model without stateful layers. */
    static final LayerStates NONE = new LayerStates(null);

    /** Null where there are none. */
    private final NativeFloats values;

    private final FloatBuffer buffer;

    private LayerStates(NativeFloats values) {
        this.values = values;
        this.buffer = values == null ? null : values.buffer();
    }

    /** Zeros, Keras' first states. */
    static LayerStates zero(Model model) {
        long length = (long) model.statefulSize() * model.batchSize();
        if (length == 0) {
            return NONE;
        }
        if (length > Integer.MAX_VALUE) {
            throw CoveyException.caller("the states of stateful layers are " + length + " numbers for batches of "
                    + model.batchSize() + ", at most " + Integer.MAX_VALUE + " can be kept: use a smaller batch");
        }
        return new LayerStates(NativeFloats.allocate(length));
    }

    /** Has a program's next runs go on from these states. */
    void give(Program program, int firstRow) {
        if (buffer != null) {
            program.states(buffer, firstRow);
        }
    }

    /** Keras' {@code reset_states}: all become zero. */
    public void reset() {
        if (values != null) {
            values.zero();
        }
    }

    /** All states as text; empty where there are none. */
    String encode() {
        return values == null ? "" : new FlatSnapshot(values).encode();
    }

    /**
     * The reverse of {@link #encode}.
     *
     * @throws CoveyException a caller's error when these are not as many
     */
    void decode(String encoded) {
        if (encoded.equals(encode())) {
            return;
        }
        try (FlatSnapshot read = FlatSnapshot.decode(encoded)) {
            long length = values == null ? 0 : values.length();
            if (read.weights().length() != length) {
                throw CoveyException.caller(
                        "the checkpoint holds " + read.weights().length()
                                + " numbers of stateful layers' states, the model has " + length
                                + ": resume with the model and the batch size of the checkpoint");
            }
            new VectorKernels().copy(values.address(), read.weights().address(), length);
        }
    }

    @Override
    public void close() {
        if (values != null) {
            values.close();
        }
    }
}
