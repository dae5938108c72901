package io.covey.trainer.training;

import io.covey.trainer.engine.OutputMasks;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.StateLayout;
import java.util.stream.IntStream;

/**
 * How the rows of a virtual shard's batch are cut into micro-batches that run one after the other: a part of the job, since the
 * cut decides the bits of the gradient, and so a function of the model, the loss and the number of rows alone.
 */
public final class MicroBatches {
    /** Layers' outputs of a micro-batch that stay in the caches from forward to backward: 4 MB, and their gradients as much. */
    private static final long CACHED_FLOATS = 1 << 20;

    /** 0 where rows are never cut. */
    private final long floatsPerRow;

    private MicroBatches(long floatsPerRow) {
        this.floatsPerRow = floatsPerRow;
    }

    /**
     * The fastest cut in which every layer sees what it would see uncut. Rows whose numbers would not stay in the caches are
     * halved, unless the parameters, which each micro-batch reads anew, are more.
     */
    public static MicroBatches of(Model model, CompileOptions compile) {
        boolean isWhole = hasManyParameters(model) || needsWholeBatch(model, compile);
        return new MicroBatches(isWhole ? 0 : floatsPerRow(model));
    }

    /** Whether a layer, a loss or a metric looks at more than one row at a time. */
    static boolean needsWholeBatch(Model model, CompileOptions compile) {
        return model.nodes().stream().anyMatch(node -> node.layer().needsWholeBatch())
                || new StateLayout(model, compile).needsWholeBatch()
                || OutputMasks.reachOutputs(model);
    }

    /** Whether the parameters are more than stay in the caches. */
    static boolean hasManyParameters(Model model) {
        return model.layout().length() >= CACHED_FLOATS;
    }

    /** Numbers in all layers' outputs for one row. */
    static long floatsPerRow(Model model) {
        return model.nodes().stream()
                .mapToLong(node ->
                        node.outputShape().stream().mapToLong(size -> size).reduce(1, Math::multiplyExact))
                .sum();
    }

    /** Number of micro-batches that {@code rows} rows, at least 1, are cut into. */
    int count(int rows) {
        int count = 1;
        while (2L * count <= rows && (rows + count - 1L) / count * floatsPerRow > CACHED_FLOATS) {
            count *= 2;
        }
        return count;
    }

    /** Rows of each micro-batch of {@code rows} rows, at least 1. */
    public IntStream sizes(int rows) {
        int count = count(rows);
        return IntStream.range(0, count).map(index -> first(index + 1, count, rows) - first(index, count, rows));
    }

    /** First row of micro-batch {@code index} of {@code count}; that of index {@code count} is {@code rows}. */
    static int first(int index, int count, int rows) {
        return (int) ((long) index * rows / count);
    }
}
