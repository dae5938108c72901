package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.data.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's arrays as columns of a data set and back: the first axis counts the rows. */
final class NdArrays {
    private NdArrays() {}

    /** A copy of the numbers: integers stay integers, all others become float32. */
    static Column column(INDArray array) {
        if (array.rank() < 1) {
            throw CoveyException.caller("a data set needs arrays with an axis of rows, this one is a scalar");
        }
        long rows = array.size(0);
        if (array.length() > Integer.MAX_VALUE) {
            throw CoveyException.caller("an array of shape " + Arrays.toString(array.shape()) + " has more than "
                    + Integer.MAX_VALUE + " numbers: split the data set");
        }
        int width = rows == 0 ? 0 : (int) (array.length() / rows);
        if (array.dataType().isIntType() || array.dataType() == DataType.BOOL) {
            requireInts(array);
            return new Column.Ints(
                    width, array.castTo(DataType.INT32).dup('c').data().asInt());
        }
        return new Column.Floats(width, floats(array));
    }

    private static void requireInts(INDArray array) {
        boolean wide = array.dataType() == DataType.INT64
                || array.dataType() == DataType.UINT32
                || array.dataType() == DataType.UINT64;
        if (wide && array.length() > 0) {
            long largest = array.maxNumber().longValue();
            long least = array.minNumber().longValue();
            if (largest > Integer.MAX_VALUE || least < Integer.MIN_VALUE) {
                throw CoveyException.caller("an array of integers holds "
                        + (least < Integer.MIN_VALUE ? least : largest) + ", integers must fit into 32 bits");
            }
        }
    }

    /** @param sampleShape shape of one row */
    static INDArray array(int rows, List<Integer> sampleShape, float[] values) {
        List<Integer> shape = new ArrayList<>(sampleShape);
        shape.add(0, rows);
        return array(shape, values);
    }

    static INDArray array(List<Integer> shape, float[] values) {
        return Nd4j.createFromArray(values)
                .reshape('c', shape.stream().mapToLong(Integer::longValue).toArray());
    }

    /** The numbers in C order: a copy. */
    static float[] floats(INDArray array) {
        return array.castTo(DataType.FLOAT).dup('c').data().asFloat();
    }

    static void requireShape(String what, List<Integer> shape, INDArray array) {
        if (!Arrays.equals(
                array.shape(), shape.stream().mapToLong(Integer::longValue).toArray())) {
            throw CoveyException.caller(
                    what + " has shape " + shape + ", the array has " + Arrays.toString(array.shape()));
        }
    }
}
