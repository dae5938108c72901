package io.covey.trainer.engine;

import io.covey.trainer.layers.Layer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The states of stateful layers in the rows of a run, where the batch before has left them: row after row, those of all layers in
 * one. Said before a run; without, layers begin with zeros and leave nothing.
 */
public final class StateRows {
    private final int width;
    private final Map<Layer, Integer> columns = new HashMap<>();
    private int taken;
    private FloatBuffer values;
    private int firstRow;

    /** @param width numbers of all layers in a row */
    StateRows(int width) {
        this.width = width;
    }

    /** The first column of a layer, the same in all its calls, and in all programs of a model. */
    int column(Layer layer) {
        return columns.computeIfAbsent(layer, added -> {
            int column = taken;
            taken += added.statefulSize();
            return column;
        });
    }

    void at(FloatBuffer newValues, int newFirstRow) {
        values = newValues;
        firstRow = newFirstRow;
    }

    /** Copies {@code count} columns of the first {@code rows} rows to {@code target}; leaves it alone where there are no states. */
    public void read(int column, int count, int rows, FloatBuffer target) {
        for (int row = 0; values != null && row < rows; row++) {
            target.put(row * count, values, index(row, column), count);
        }
    }

    /** The reverse of {@link #read}, of numbers that begin at {@code from}. */
    public void write(int column, int count, int rows, FloatBuffer source, int from) {
        for (int row = 0; values != null && row < rows; row++) {
            values.put(index(row, column), source, from + row * count, count);
        }
    }

    private int index(int row, int column) {
        return (firstRow + row) * width + column;
    }
}
