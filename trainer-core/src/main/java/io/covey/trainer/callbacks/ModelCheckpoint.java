package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.metrics.Direction;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keras' ModelCheckpoint: saves the model or its weights at the end of epochs or every so many batches. The path may hold
 * fields in Python's format: {@code epoch} and (in Keras 3) {@code batch}, both from 1, and the logs. Defaults are Keras':
 * monitor {@code val_loss}, every epoch, whether best or not, mode auto.
 *
 * <p>The name says what is written: {@code .keras}, or {@code .h5} for Keras' legacy format, the model with its weights, its
 * compilation and what the optimizer remembers, from which Keras trains on; {@code .weights.h5} (with {@code save_weights_only}) the
 * weights, as Keras 3 has them; any other name a TensorFlow checkpoint of the weights, as in Keras 2. {@code KerasModel.load}, {@code
 * loadWeights} and Keras read them. They are for keeping models; what a run needs to be resumed is in the job's checkpoints.
 */
public final class ModelCheckpoint implements Callback {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCheckpoint.class);
    /** {@link #saveFreq} of a save at the end of each epoch. */
    public static final int EPOCH = 0;

    /** What the files may be. */
    public enum SaveFormat {
        /** What the name says, and TensorFlow checkpoints of the weights under names without an ending of Keras'. */
        TF,
        /** Keras 3's only: names must be as Keras wants them. */
        KERAS
    }

    private static final String MODEL = ".keras";
    private static final String HDF5 = ".h5";
    private static final String WEIGHTS = ".weights" + HDF5;
    private static final long NONE = -1;

    private final String filepath;
    private FileStore files = new LocalFileStore();
    private String monitor = "val_loss";
    private int verbose;
    private boolean saveBestOnly;
    private boolean saveWeightsOnly;
    private Mode mode = Mode.AUTO;
    private int saveFreq = EPOCH;
    private Double initialValueThreshold;
    private SaveFormat saveFormat = SaveFormat.TF;
    private Semantics semantics = Semantics.KERAS3;
    private PrintStream out = System.out;

    private Training training;
    private Monitor comparison;
    private Double best;
    private boolean started;
    private int currentEpoch;
    private long batchesSinceSave;
    private long lastBatch = NONE;

    ModelCheckpoint(String filepath) {
        this.filepath = filepath;
    }

    /** Where the files go, by default the local file system. */
    public ModelCheckpoint files(FileStore newFiles) {
        files = newFiles;
        return this;
    }

    /** Name of the quantity that decides what is best. */
    public ModelCheckpoint monitor(String newMonitor) {
        monitor = newMonitor;
        return this;
    }

    /** 1 prints when the callback acts. */
    public ModelCheckpoint verbose(int newVerbose) {
        verbose = newVerbose;
        return this;
    }

    /** Whether only what is better than all before is saved. */
    public ModelCheckpoint saveBestOnly(boolean newSaveBestOnly) {
        saveBestOnly = newSaveBestOnly;
        return this;
    }

    /** Whether only the weights are saved, which is all that a TensorFlow checkpoint holds. */
    public ModelCheckpoint saveWeightsOnly(boolean newSaveWeightsOnly) {
        saveWeightsOnly = newSaveWeightsOnly;
        return this;
    }

    public ModelCheckpoint mode(Mode newMode) {
        mode = newMode;
        return this;
    }

    /** Batches between two saves, counted on over epochs; {@link #EPOCH} for a save at the end of each epoch. */
    public ModelCheckpoint saveFreq(int newSaveFreq) {
        saveFreq = newSaveFreq;
        return this;
    }

    /** The value that the first save must beat, or null. */
    public ModelCheckpoint initialValueThreshold(Double newInitialValueThreshold) {
        initialValueThreshold = newInitialValueThreshold;
        return this;
    }

    /** By default {@link SaveFormat#TF}. */
    public ModelCheckpoint saveFormat(SaveFormat newSaveFormat) {
        saveFormat = newSaveFormat;
        return this;
    }

    public ModelCheckpoint semantics(Semantics newSemantics) {
        semantics = newSemantics;
        return this;
    }

    /** Where to print, by default standard output. */
    public ModelCheckpoint out(PrintStream newOut) {
        out = newOut;
        return this;
    }

    @Override
    public void check() {
        if (saveFreq < EPOCH) {
            throw CoveyException.caller("ModelCheckpoint: save_freq is " + saveFreq
                    + ", it must be 'epoch' or a number of batches of at least 1");
        }
        if (saveFormat == SaveFormat.TF && filepath.endsWith(WEIGHTS) && !saveWeightsOnly) {
            throw CoveyException.caller("ModelCheckpoint: filepath is " + filepath + ", which is for weights alone: set"
                    + " save_weights_only, or let it end in " + MODEL + " or " + HDF5);
        }
        if (!isOfKeras() || (saveFormat == SaveFormat.KERAS && semantics == Semantics.KERAS2)) {
            return;
        }
        if (saveWeightsOnly && !filepath.endsWith(WEIGHTS)) {
            throw CoveyException.caller(
                    "When using `save_weights_only=True` in `ModelCheckpoint`, the filepath provided"
                            + " must end in `.weights.h5` (Keras weights format). Received: filepath=" + filepath);
        }
        if (!saveWeightsOnly && !filepath.endsWith(MODEL) && !filepath.endsWith(HDF5)) {
            throw CoveyException.caller("The filepath provided must end in `.keras` (Keras model format). Received:"
                    + " filepath=" + filepath);
        }
    }

    private boolean isOfKeras() {
        return saveFormat == SaveFormat.KERAS || filepath.endsWith(MODEL) || filepath.endsWith(HDF5);
    }

    @Override
    public boolean hearsBatches() {
        return saveFreq != EPOCH;
    }

    /** What decides and what the path names, which Keras would miss at the first save. */
    @Override
    public Set<String> requiredLogs() {
        Set<String> required = new TreeSet<>();
        if (saveBestOnly) {
            required.add(monitor);
        }
        PythonFormat.format(filepath, name -> {
            if (name.equals("epoch") || name.equals("batch")) {
                return 1;
            }
            required.add(name);
            return 0.0;
        });
        return required;
    }

    @Override
    public void checkMonitor(Map<String, Direction> metricDirections) {
        if (compares()) {
            comparison = comparison(metricDirections);
        }
    }

    /** Keras 2 chooses a direction, by the name, also where it compares nothing. */
    private boolean compares() {
        return saveBestOnly || semantics == Semantics.KERAS2;
    }

    private Monitor comparison(Map<String, Direction> metricDirections) {
        return Monitor.of("ModelCheckpoint", monitor, mode, 0, semantics, metricDirections);
    }

    /** What was best stays so over several calls of {@code fit}, as in Keras. */
    @Override
    public void onTrainBegin(Training newTraining) {
        training = newTraining;
        if (!started) {
            if (compares()) {
                comparison = comparison(training.metricDirections());
            }
            best = initialValueThreshold == null && comparison != null ? comparison.worst() : initialValueThreshold;
            started = true;
        }
    }

    @Override
    public void onEpochBegin(int epoch) {
        currentEpoch = epoch;
    }

    @Override
    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
        if (saveFreq == EPOCH) {
            return;
        }
        batchesSinceSave += batchesUpTo(batch);
        lastBatch = batch;
        if (batchesSinceSave >= saveFreq) {
            batchesSinceSave = 0;
            save(currentEpoch, batch, logs);
        }
    }

    /** Batches since the last one that was heard of, this one included. */
    private long batchesUpTo(long batch) {
        return batch <= lastBatch ? batch + 1 : batch - lastBatch;
    }

    @Override
    public long batchesToPause(long batch) {
        return saveFreq == EPOCH ? Long.MAX_VALUE : Math.max(1, saveFreq - batchesSinceSave - batchesUpTo(batch) + 1);
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        if (saveFreq == EPOCH) {
            save(epoch, NONE, logs);
        }
    }

    private void save(int epoch, long batch, Map<String, Double> logs) {
        String path = path(epoch, batch, logs);
        if (!isDue(epoch, logs, path)) {
            return;
        }
        if (saveWeightsOnly || !isOfKeras()) {
            training.saveWeights(files, path);
        } else {
            training.saveModel(files, path);
        }
        if (verbose > 0 && semantics == Semantics.KERAS3) {
            print(epoch, "finished saving model to " + path);
        }
    }

    private String path(int epoch, long batch, Map<String, Double> logs) {
        return PythonFormat.format(filepath, name -> {
            if (name.equals("epoch")) {
                return epoch + 1;
            }
            if (name.equals("batch") && batch != NONE && semantics == Semantics.KERAS3) {
                return Math.toIntExact(batch + 1);
            }
            if (!logs.containsKey(name)) {
                throw CoveyException.caller(
                        "Failed to format this callback filepath: \"" + filepath + "\". Reason: '" + name + "'");
            }
            return logs.get(name);
        });
    }

    private boolean isDue(int epoch, Map<String, Double> logs, String path) {
        if (!saveBestOnly) {
            if (verbose > 0) {
                print(epoch, "saving model to " + path);
            }
            return true;
        }
        Double current = logs.get(monitor);
        if (current == null) {
            LOG.warn(
                    "Can save best model only with {} available{}.",
                    monitor,
                    semantics == Semantics.KERAS3 ? "" : ", skipping");
            return semantics == Semantics.KERAS3;
        }
        boolean improved = comparison.isImprovement(current, best);
        if (verbose > 0) {
            String from = best == null ? "None" : fiveDecimals(best);
            print(
                    epoch,
                    improved
                            ? monitor + " improved from " + from + " to " + fiveDecimals(current) + ", saving model to "
                                    + path
                            : monitor + " did not improve from " + from);
        }
        if (improved) {
            best = current;
        }
        return improved;
    }

    private void print(int epoch, String message) {
        String number = semantics == Semantics.KERAS3 ? "%d" : "%05d";
        PythonText.print(out, String.format("\nEpoch " + number + ": ", epoch + 1) + message);
    }

    private static String fiveDecimals(double value) {
        return PythonFormat.format("{x:.5f}", name -> value);
    }

    /** The best value so far; null if there is none yet, in Keras 2 an infinite one. */
    public Double best() {
        return best;
    }

    @Override
    public Map<String, String> state() {
        Map<String, String> state = new HashMap<>();
        state.put("batches_since_save", Long.toString(batchesSinceSave));
        state.put("last_batch", Long.toString(lastBatch));
        if (best != null) {
            state.put("best", Double.toString(best));
        }
        return state;
    }

    @Override
    public void restore(Map<String, String> state) {
        batchesSinceSave = Long.parseLong(state.get("batches_since_save"));
        lastBatch = Long.parseLong(state.get("last_batch"));
        best = state.containsKey("best") ? Double.valueOf(state.get("best")) : null;
    }
}
