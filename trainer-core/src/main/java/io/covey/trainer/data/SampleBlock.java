package io.covey.trainer.data;

import java.io.Serializable;
import java.util.List;

/**
 * The rows of one virtual shard, packed: a column for each input and each target of the model, and weights of the samples if
 * they have any. Bytes stay bytes until a batch needs them as floats.
 */
public final class SampleBlock implements Serializable {
    private static final long serialVersionUID = 3L;

    private final int rows;
    private final List<Column> inputs;
    private final List<Column> targets;
    private final float[] sampleWeights;

    /**
     * A block.
     *
     * @param rows number of samples
     * @param inputs in the order of the model's inputs, rows in the order of {@link DataPlan.Dealer#slot}
     * @param targets in the order of the model's outputs; empty for data without targets
     * @param sampleWeights one per row, or null for weights of 1
     * @throws IllegalArgumentException when the lengths do not agree
     */
    public SampleBlock(int rows, List<Column> inputs, List<Column> targets, float[] sampleWeights) {
        this.rows = rows;
        this.inputs = List.copyOf(inputs);
        this.targets = List.copyOf(targets);
        this.sampleWeights = sampleWeights;
        for (Column column : inputs) {
            check(column);
        }
        for (Column column : targets) {
            check(column);
        }
        if (sampleWeights != null && sampleWeights.length != rows) {
            throw new IllegalArgumentException(sampleWeights.length + " sample weights for " + rows + " rows");
        }
    }

    /**
     * A block of unsigned bytes with a class per row.
     *
     * @param features numbers per row
     */
    public SampleBlock(int features, byte[] data, int[] labels) {
        this(labels.length, List.of(new Column.Bytes(features, data)), List.of(new Column.Ints(1, labels)), null);
    }

    /**
     * A block of floats with a class per row.
     *
     * @param features numbers per row
     */
    public SampleBlock(int features, float[] floats, int[] labels) {
        this(labels.length, List.of(new Column.Floats(features, floats)), List.of(new Column.Ints(1, labels)), null);
    }

    private void check(Column column) {
        if ((long) rows * column.width() != column.length()) {
            throw new IllegalArgumentException(
                    column.length() + " numbers do not agree with " + rows + " rows of " + column.width() + " numbers");
        }
    }

    public int rows() {
        return rows;
    }

    /** These rows with their targets and weights, in this order: a copy. */
    public SampleBlock select(int[] chosen) {
        float[] weights = sampleWeights == null ? null : new float[chosen.length];
        for (int i = 0; weights != null && i < chosen.length; i++) {
            weights[i] = sampleWeights[chosen[i]];
        }
        return new SampleBlock(
                chosen.length,
                inputs.stream().map(column -> column.select(chosen)).toList(),
                targets.stream().map(column -> column.select(chosen)).toList(),
                weights);
    }

    /** In the order of the model's inputs. */
    public List<Column> inputs() {
        return inputs;
    }

    /** In the order of the model's outputs. */
    public List<Column> targets() {
        return targets;
    }

    /** One per row, or null for weights of 1. */
    public float[] sampleWeights() {
        return sampleWeights;
    }

    /** Numbers per row of the first input. */
    public int features() {
        return inputs.get(0).width();
    }
}
