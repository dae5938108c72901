package io.covey.trainer.checkpoint;

import java.util.List;
import java.util.Locale;

/**
 * What is known of one tensor of a checkpoint.
 *
 * @param name key in the checkpoint
 * @param dataType type of the elements
 * @param shape of the whole tensor, empty for a scalar
 * @param shards numbers of the data files that hold it, more than one for a sliced tensor
 * @param bytes size in the data files
 * @param checksum result of reading it all
 * @param problem why the checksum is not {@link Checksum#OK}, else empty
 */
public record TensorInfo(
        String name,
        DataType dataType,
        List<Long> shape,
        List<Integer> shards,
        long bytes,
        Checksum checksum,
        String problem) {
    /** Whether a tensor's bytes are those that were written. */
    public enum Checksum {
        OK,
        /** The bytes are there and differ. */
        CORRUPT,
        /** A data file is missing or too short, or the dtype cannot be read. */
        UNREADABLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public TensorInfo {
        shape = List.copyOf(shape);
        shards = List.copyOf(shards);
    }
}
