package io.covey.trainer.checkpoint;

import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.ShardRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of one variable that lies in a shard's range.
 *
 * @param parameter the variable
 * @param offset first float in the flat vector
 * @param length number of floats, at least 1
 */
record RowRange(ParameterSpec parameter, long offset, long length) {
    /** @throws IllegalArgumentException when the range is cut within a row */
    RowRange {
        if ((offset - parameter.offset()) % parameter.rowSize() != 0 || length % parameter.rowSize() != 0) {
            throw new IllegalArgumentException("floats [" + offset + ", " + (offset + length) + ") cut a row of "
                    + parameter.path() + " of " + parameter.shape());
        }
    }

    /** The parts of all variables that lie in {@code range}, in order. */
    static List<RowRange> of(ParameterLayout layout, ShardRange range) {
        List<RowRange> pieces = new ArrayList<>();
        for (ParameterSpec parameter : layout.parameters()) {
            long from = Math.max(range.offset(), parameter.offset());
            long to = Math.min(range.end(), parameter.offset() + parameter.size());
            if (from < to) {
                pieces.add(new RowRange(parameter, from, to - from));
            }
        }
        return pieces;
    }

    boolean isWhole() {
        return length == parameter.size();
    }

    /** First element in the variable. */
    long firstElement() {
        return offset - parameter.offset();
    }

    long firstRow() {
        return firstElement() / parameter.rowSize();
    }

    long rows() {
        return length / parameter.rowSize();
    }
}
