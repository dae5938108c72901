package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.training.CheckpointNames;
import io.covey.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's checkpoints: bundles {@code ckpt-1}, {@code ckpt-2} and so on in one directory, and the {@code checkpoint} file that
 * tells TensorFlow which is the newest. One run at a time writes to a directory. Thread-safe.
 *
 * <p>Methods throw {@link CoveyException} when the file system fails.
 */
public final class CheckpointDirectory implements CheckpointNames {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointDirectory.class);

    private static final String NAME = "ckpt-";
    private static final Pattern ANY_FILE = Pattern.compile("ckpt-(\\d{1,18})[._].*");
    private static final Pattern INDEX = Pattern.compile("ckpt-(\\d{1,18})\\.index");
    private static final Pattern TEMPORARY = Pattern.compile("ckpt-\\d{1,18}_temp-.*|checkpoint\\.tempstate");

    private final FileStore store;
    private final String directory;
    private final int keep;
    private final Set<String> broken = new HashSet<>();
    private long lastCounter;

    /**
     * A directory that need not exist yet.
     *
     * @param keep checkpoints to keep, at least 1
     */
    public CheckpointDirectory(FileStore store, String directory, int keep) {
        if (keep < 1) {
            throw new IllegalArgumentException("keep is " + keep + ", at least 1 checkpoint must be kept");
        }
        this.store = store;
        this.directory = directory;
        this.keep = keep;
    }

    /** A prefix that no checkpoint has had in this directory; its counter goes on where an earlier run stopped. */
    @Override
    public synchronized String nextPrefix() {
        long newest = lastCounter;
        for (String name : list()) {
            Matcher matcher = ANY_FILE.matcher(name);
            if (matcher.matches()) {
                newest = Math.max(newest, Long.parseLong(matcher.group(1)));
            }
        }
        lastCounter = newest + 1;
        return path(NAME + lastCounter);
    }

    /**
     * Deletes what attempts that ended before their commit have left behind. To be called before the first checkpoint of a
     * run, when no other run writes here.
     */
    public synchronized void sweep() {
        List<String> names = list();
        for (String name : names) {
            boolean orphan = name.matches("ckpt-\\d{1,18}\\.data-.*")
                    && !names.contains(name.substring(0, name.indexOf('.')) + BundleFiles.INDEX_SUFFIX);
            if (orphan || TEMPORARY.matcher(name).matches()) {
                LOG.info("deleting {}, left by an attempt that did not commit", path(name));
                try {
                    store.delete(path(name));
                } catch (IOException e) {
                    throw failure("delete " + path(name), e);
                }
            }
        }
    }

    /**
     * Records a checkpoint that {@link CheckpointParts#commit} has made, and deletes all but the newest ones. A checkpoint that
     * cannot be deleted is a warning, and tried again the next time.
     */
    @Override
    public synchronized void committed(String prefix) {
        List<String> names = new ArrayList<>();
        committedCounters().forEach(counter -> names.add(NAME + counter));
        names.removeAll(broken);
        String newest = BundleFiles.name(prefix);
        names.remove(newest);
        names.add(newest);
        List<String> kept = names.subList(Math.max(0, names.size() - keep), names.size());
        writeState(new CheckpointState(newest, kept));
        for (String name : names.subList(0, names.size() - kept.size())) {
            try {
                BundleFiles.delete(store, path(name));
            } catch (IOException e) {
                LOG.warn("old checkpoint {} could not be deleted: {}", path(name), e.toString());
            }
        }
    }

    private void writeState(CheckpointState state) {
        String target = path(CheckpointState.FILE_NAME);
        try {
            store.replace(target, state.encode().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failure("write " + target, e);
        }
    }

    /**
     * The newest checkpoint whose files are all there and have the right checksums. Starts with what was committed after the
     * {@code checkpoint} file was last written, then follows that file, then takes what else there is. Every checkpoint that is
     * passed over is a warning with the reason.
     *
     * @return its prefix, or empty if the directory has no checkpoint
     * @throws CoveyException when there are checkpoints and all of them are broken
     */
    public synchronized Optional<String> newestValid() {
        return newestValid(passedOver -> {});
    }

    /**
     * As {@link #newestValid()}.
     *
     * @param passedOver hears why a newer checkpoint than the one returned could not be used, once for each
     */
    public synchronized Optional<String> newestValid(Consumer<String> passedOver) {
        List<String> problems = new ArrayList<>();
        for (String name : candidates()) {
            String prefix = path(name);
            try (TensorBundleReader reader = TensorBundleReader.open(store, prefix)) {
                reader.validate();
                if (!problems.isEmpty()) {
                    LOG.warn("falling back to checkpoint {}", prefix);
                }
                problems.forEach(passedOver);
                return Optional.of(prefix);
            } catch (CoveyException e) {
                LOG.warn("checkpoint {} cannot be used: {}", prefix, e.getMessage());
                problems.add(e.getMessage());
                broken.add(name);
            }
        }
        if (!problems.isEmpty()) {
            throw CoveyException.failure(
                    "no checkpoint in " + directory + " can be used: " + String.join("; ", problems)
                            + ". Restore the files, or name another checkpoint directory to start anew");
        }
        return Optional.empty();
    }

    private Set<String> candidates() {
        List<Long> newestFirst = new ArrayList<>(committedCounters());
        Collections.reverse(newestFirst);
        Optional<CheckpointState> state = readState();
        long recorded = state.map(s -> s.all().stream()
                        .mapToLong(CheckpointDirectory::counter)
                        .max()
                        .orElse(0))
                .orElse(Long.MAX_VALUE);
        Set<String> names = new LinkedHashSet<>();
        newestFirst.stream().filter(counter -> counter > recorded).forEach(counter -> names.add(NAME + counter));
        state.ifPresent(s -> {
            names.add(s.newest());
            List<String> all = new ArrayList<>(s.all());
            Collections.reverse(all);
            names.addAll(all);
        });
        newestFirst.forEach(counter -> names.add(NAME + counter));
        return names;
    }

    private static long counter(String name) {
        Matcher matcher = ANY_FILE.matcher(name + ".");
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private Optional<CheckpointState> readState() {
        String file = path(CheckpointState.FILE_NAME);
        try {
            if (!store.exists(file)) {
                return Optional.empty();
            }
            try (FileStore.Input in = store.open(file)) {
                byte[] text = new byte[Math.toIntExact(in.length())];
                in.readFully(0, text, 0, text.length);
                return Optional.of(CheckpointState.decode(new WireReader(text).utf8()));
            }
        } catch (MalformedException e) {
            LOG.warn("{} cannot be used: at character {}: {}", file, e.offset(), e.getMessage());
            return Optional.empty();
        } catch (IOException e) {
            throw failure("read " + file, e);
        }
    }

    /** The training state in checkpoint {@code prefix}. */
    public TrainingState readState(String prefix) {
        try (TensorBundleReader reader = TensorBundleReader.open(store, prefix)) {
            byte[] json = reader.readStrings(CheckpointKeys.TRAINING_STATE).get(0);
            return TrainingStateJson.decode(json);
        } catch (MalformedException e) {
            throw new CorruptCheckpointException(prefix, CheckpointKeys.TRAINING_STATE, e.offset(), e.getMessage(), e);
        }
    }

    /**
     * Reads the parameters and slots of a range of the flat vector from checkpoint {@code prefix}, whatever the number of shards
     * that wrote it.
     *
     * @param layout of the whole vector
     * @param slotNames see {@link io.covey.trainer.optimizer.Optimizer#slots}
     * @param range any range that is cut between rows
     * @param target gets the parameters; gaps become zero
     * @param slots get the slots, in the order of the names
     */
    public void readRange(
            String prefix,
            ParameterLayout layout,
            List<String> slotNames,
            ShardRange range,
            NativeFloats target,
            NativeFloats[] slots) {
        try (TensorBundleReader reader = TensorBundleReader.open(store, prefix)) {
            List<RowRange> pieces = RowRange.of(layout, range);
            zeroGaps(pieces, range, target);
            for (NativeFloats slot : slots) {
                zeroGaps(pieces, range, slot);
            }
            for (RowRange piece : pieces) {
                read(reader, prefix, CheckpointKeys.parameter(piece.parameter()), piece, range, target);
                for (int i = 0; i < slotNames.size(); i++) {
                    String key = CheckpointKeys.slot(piece.parameter(), slotNames.get(i));
                    read(reader, prefix, key, piece, range, slots[i]);
                }
            }
        }
    }

    /**
     * Reads what virtual shard {@code leaf} had not sent of its gradients at checkpoint {@code prefix}.
     *
     * @param target as long as the whole vector; gaps become zero
     */
    public void readResidual(String prefix, ParameterLayout layout, int leaf, NativeFloats target) {
        ShardRange whole = layout.cut(1).get(0);
        try (TensorBundleReader reader = TensorBundleReader.open(store, prefix)) {
            List<RowRange> pieces = RowRange.of(layout, whole);
            zeroGaps(pieces, whole, target);
            for (RowRange piece : pieces) {
                read(reader, prefix, CheckpointKeys.residual(piece.parameter(), leaf), piece, whole, target);
            }
        }
    }

    /** Zeroes what no piece holds; the pieces are in order. */
    private static void zeroGaps(List<RowRange> pieces, ShardRange range, NativeFloats target) {
        long end = range.offset();
        for (RowRange piece : pieces) {
            target.slice(end - range.offset(), piece.offset() - end).zero();
            end = piece.offset() + piece.length();
        }
        target.slice(end - range.offset(), range.end() - end).zero();
    }

    private static void read(
            TensorBundleReader reader,
            String prefix,
            String key,
            RowRange piece,
            ShardRange range,
            NativeFloats target) {
        List<Long> shape =
                piece.parameter().shape().stream().map(Integer::longValue).toList();
        if (!reader.shape(key).equals(shape)) {
            throw CoveyException.caller("checkpoint " + prefix + " holds " + key + " with shape " + reader.shape(key)
                    + ", the model's " + piece.parameter().path() + " has " + shape + ": it belongs to another model");
        }
        reader.readFloats(
                key,
                piece.firstElement(),
                piece.length(),
                target.slice(piece.offset() - range.offset(), piece.length()));
    }

    /** Counters of the checkpoints that have an index, ascending. */
    private SortedSet<Long> committedCounters() {
        SortedSet<Long> counters = new TreeSet<>();
        for (String name : list()) {
            Matcher matcher = INDEX.matcher(name);
            if (matcher.matches()) {
                counters.add(Long.parseLong(matcher.group(1)));
            }
        }
        return counters;
    }

    private List<String> list() {
        try {
            return store.list(directory);
        } catch (IOException e) {
            throw failure("list " + directory, e);
        }
    }

    /** Path of a name in the directory; absolute paths and URIs, as a state file may hold, stay as they are. */
    private String path(String name) {
        return name.startsWith("/") || name.contains(":/") ? name : directory + "/" + name;
    }

    private static CoveyException failure(String what, IOException e) {
        return CoveyException.failure("cannot " + what + ": " + FileProblem.of(e), e);
    }
}
