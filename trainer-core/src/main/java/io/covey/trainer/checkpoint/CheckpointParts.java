package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.training.TrainingState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to save a checkpoint: every server shard calls {@link #writePart} in its own process, side by side; when all have
 * returned, one committer calls {@link #commit}. Until that has renamed the index the checkpoint does not exist, and all files
 * lie in a temporary directory whose name holds the attempt, so that a late writer of a dead attempt disturbs nobody.
 *
 * <p>Immutable. Methods throw {@link CoveyException} naming the file that could not be written.
 */
public final class CheckpointParts {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointParts.class);

    private static final Pattern COUNTER = Pattern.compile(".*-(\\d{1,18})");

    private final FileStore store;
    private final String prefix;
    private final String attempt;
    private final int shards;
    private final int residuals;

    /** An attempt without residuals. */
    public CheckpointParts(FileStore store, String prefix, String attempt, int shards) {
        this(store, prefix, attempt, shards, 0);
    }

    /**
     * An attempt that all of its writers describe with the same arguments.
     *
     * @param store where checkpoints are kept
     * @param prefix of the checkpoint, see {@link CheckpointDirectory#nextPrefix}
     * @param attempt unique among all attempts to save {@code prefix}; letters, digits, {@code -} and {@code _}
     * @param shards number of server shards, each with one part
     * @param residuals number of virtual shards, each with one part if they keep residuals, else 0
     */
    public CheckpointParts(FileStore store, String prefix, String attempt, int shards, int residuals) {
        if (!attempt.matches("[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException("attempt is '" + attempt + "', it must consist of [A-Za-z0-9_-]");
        }
        this.store = store;
        this.prefix = prefix;
        this.attempt = attempt;
        this.shards = shards;
        this.residuals = residuals;
    }

    /** Parts of the server shards, of the virtual shards, and one of the committer. */
    private String part(int part) {
        return BundleFiles.part(prefix, attempt, part, parts());
    }

    private int parts() {
        return shards + residuals + 1;
    }

    /**
     * Writes the part of a virtual shard: durable when this returns.
     *
     * @param leaf number of the virtual shard
     * @param residual what it has not sent of its gradients, as long as the whole vector
     */
    public void writeResidual(ParameterLayout layout, int leaf, NativeFloats residual) {
        ShardRange whole = layout.cut(1).get(0);
        requireLength(whole, residual);
        try (TensorBundleWriter writer = new TensorBundleWriter(store, part(shards + leaf))) {
            for (RowRange piece : RowRange.of(layout, whole)) {
                write(writer, CheckpointKeys.residual(piece.parameter(), leaf), piece, whole, residual);
            }
            writer.finish();
        }
    }

    /**
     * Writes the part of one shard: durable when this returns.
     *
     * @param layout of the whole vector
     * @param range the shard's; cut between rows, with at least one row of one variable
     * @param values the parameters of the range
     * @param slotNames see {@link io.covey.trainer.optimizer.Optimizer#slots}
     * @param slots the range of each slot, in the order of the names
     */
    public void writePart(
            ParameterLayout layout,
            ShardRange range,
            NativeFloats values,
            List<String> slotNames,
            NativeFloats[] slots) {
        requireLength(range, values);
        List<RowRange> pieces = RowRange.of(layout, range);
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException(range + " holds no row of any variable");
        }
        try (TensorBundleWriter writer = new TensorBundleWriter(store, part(range.shard()))) {
            for (RowRange piece : pieces) {
                write(writer, CheckpointKeys.parameter(piece.parameter()), piece, range, values);
            }
            for (int i = 0; i < slotNames.size(); i++) {
                requireLength(range, slots[i]);
                for (RowRange piece : pieces) {
                    String key = CheckpointKeys.slot(piece.parameter(), slotNames.get(i));
                    write(writer, key, piece, range, slots[i]);
                }
            }
            writer.finish();
        }
    }

    private static void requireLength(ShardRange range, NativeFloats values) {
        if (values.length() != range.length()) {
            throw new IllegalArgumentException(values.length() + " floats are given for " + range);
        }
    }

    private static void write(
            TensorBundleWriter writer, String key, RowRange piece, ShardRange range, NativeFloats values) {
        List<Integer> shape = piece.parameter().shape();
        NativeFloats elements = values.slice(piece.offset() - range.offset(), piece.length());
        if (piece.isWhole()) {
            writer.addFloats(key, shape, elements);
        } else {
            writer.addFloatRows(key, shape, piece.firstRow(), piece.rows(), elements);
        }
    }

    /**
     * Makes the checkpoint of the parts. When this returns, the checkpoint is durable and complete; when it throws, any
     * other checkpoint is as it was, and {@link #abandon} removes what there is of this one.
     *
     * @param layout of the whole vector
     * @param slotNames see {@link io.covey.trainer.optimizer.Optimizer#slots}
     * @param state training state to be found at a resume
     */
    public void commit(ParameterLayout layout, List<String> slotNames, TrainingState state) {
        writeOwnPart(layout, slotNames, state);
        BundleMerger merger = new BundleMerger();
        for (int i = 0; i < parts(); i++) {
            merger.add(part(i), readPart(i));
        }
        BundleIndex merged = merger.merged();
        requireComplete(merged, layout, slotNames);
        String temporary = BundleFiles.tempDirectory(prefix, attempt);
        String index = temporary + "/merged" + BundleFiles.INDEX_SUFFIX;
        try {
            BundleFiles.delete(store, prefix);
            List<String> dataFiles = merger.dataFiles();
            for (int i = 0; i < dataFiles.size(); i++) {
                store.rename(dataFiles.get(i), BundleFiles.data(prefix, i, dataFiles.size()));
            }
            merged.write(store, index);
            requireDataFiles(prefix, merged);
            store.rename(index, BundleFiles.index(prefix));
        } catch (IOException e) {
            throw CoveyException.failure("cannot commit checkpoint " + prefix + ": " + FileProblem.of(e), e);
        }
        try {
            store.delete(temporary);
        } catch (IOException e) {
            LOG.warn("checkpoint {} is saved, but {} could not be deleted: {}", prefix, temporary, e.toString());
        }
    }

    /**
     * Saves a whole checkpoint from this process: the part of its only shard, and the commit. When it throws, nothing is left of
     * the attempt.
     *
     * @param values all parameters
     * @param slots all of each slot, in the order of the names
     */
    public void write(
            ParameterLayout layout,
            NativeFloats values,
            List<String> slotNames,
            List<NativeFloats> slots,
            TrainingState state) {
        try {
            writePart(layout, layout.cut(1).get(0), values, slotNames, slots.toArray(NativeFloats[]::new));
            commit(layout, slotNames, state);
        } catch (RuntimeException | Error e) {
            abandon(e);
            throw e;
        }
    }

    /**
     * Deletes all that this attempt has written, after a part or the commit has failed, so that its files do not fill the disk.
     * No other writer of the attempt may still be at work.
     *
     * @param cause why; what cannot be deleted is suppressed in it
     */
    public void abandon(Throwable cause) {
        try {
            BundleFiles.delete(store, prefix);
            store.delete(BundleFiles.tempDirectory(prefix, attempt));
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void writeOwnPart(ParameterLayout layout, List<String> slotNames, TrainingState state) {
        try (TensorBundleWriter writer = new TensorBundleWriter(store, part(parts() - 1))) {
            writer.addString(CheckpointKeys.OBJECT_GRAPH, ObjectGraph.encode(layout, slotNames));
            writer.addString(CheckpointKeys.TRAINING_STATE, TrainingStateJson.encode(state));
            writer.addInt64(CheckpointKeys.OPTIMIZER_ITERATIONS, state.step());
            writer.addInt64(CheckpointKeys.SAVE_COUNTER, saveCounter());
            writer.finish();
        }
    }

    private BundleIndex readPart(int part) {
        try {
            if (!store.exists(BundleFiles.index(part(part)))) {
                String writer = part < shards
                        ? "server shard " + part + " of " + shards
                        : "virtual shard " + (part - shards) + " of " + residuals;
                throw CoveyException.failure(
                        "checkpoint " + prefix + " is incomplete: " + writer + " has not written " + part(part));
            }
        } catch (IOException e) {
            throw CoveyException.failure("cannot look for checkpoint part " + part(part) + ": " + e, e);
        }
        BundleIndex index = BundleIndex.read(store, part(part));
        requireDataFiles(part(part), index);
        return index;
    }

    private long saveCounter() {
        Matcher matcher = COUNTER.matcher(BundleFiles.name(prefix));
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 1;
    }

    private void requireComplete(BundleIndex merged, ParameterLayout layout, List<String> slotNames) {
        List<String> keys = new ArrayList<>();
        for (ParameterSpec parameter : layout.parameters()) {
            keys.add(CheckpointKeys.parameter(parameter));
            slotNames.forEach(slot -> keys.add(CheckpointKeys.slot(parameter, slot)));
            for (int leaf = 0; leaf < residuals; leaf++) {
                keys.add(CheckpointKeys.residual(parameter, leaf));
            }
        }
        for (String key : keys) {
            BundleEntry entry = merged.entries().get(BundleIndex.key(key));
            if (entry == null) {
                throw CoveyException.failure("checkpoint " + prefix + " is incomplete: no part holds " + key);
            }
            try {
                TensorPieces.of(key, entry, merged.entries());
            } catch (MalformedException e) {
                throw CoveyException.failure(
                        "checkpoint " + prefix + " is incomplete: " + key + ": " + e.getMessage(), e);
            }
        }
    }

    /** Every data file exists and is as long as its tensors need. */
    private void requireDataFiles(String bundle, BundleIndex index) {
        try (DataFiles files = new DataFiles(store, bundle, index.header().shards())) {
            index.entries().values().forEach(entry -> files.requireReadable("", entry));
        }
    }
}
