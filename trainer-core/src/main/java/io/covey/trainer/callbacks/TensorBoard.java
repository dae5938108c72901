package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.keras.WeightArray;
import io.covey.trainer.tensorboard.EventFileWriter;
import io.covey.trainer.tensorboard.ImageBatch;
import io.covey.trainer.tensorboard.Summary;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Keras' TensorBoard callback: event files in the folders {@code train} and {@code validation} of a log directory, with Keras'
 * tags. Defaults are Keras': no histograms, the model's graph, no images, metrics once an epoch.
 *
 * <p>Each run, a resumed one too, writes files of its own; TensorBoard shows the files of a folder as one run.
 */
public final class TensorBoard implements Callback {
    /** {@link #updateFreq} of metrics once an epoch. */
    public static final int EPOCH = 0;

    private static final String TRAIN = "train";
    private static final String VALIDATION = "validation";
    private static final double SECOND_NS = 1e9;

    private final String logDir;
    private FileStore files = new LocalFileStore();
    private int histogramFreq;
    private boolean writeGraph = true;
    private boolean writeImages;
    private boolean writeStepsPerSecond;
    private int updateFreq = EPOCH;
    private int profileBatch;
    private Semantics semantics = Semantics.KERAS3;
    private LongSupplier nanoClock = System::nanoTime;
    private InstantSource clock = InstantSource.system();

    private final Map<String, EventFileWriter> writers = new HashMap<>();
    private Training training;
    private boolean inFit;
    private long trainBatches;
    private long testBatches;
    private long epochBeginNs;
    private long epochBeginIterations;
    private long batchBeginNs;

    TensorBoard(String logDir) {
        this.logDir = logDir;
    }

    /** Where the files go, by default the local file system. */
    public TensorBoard files(FileStore newFiles) {
        files = newFiles;
        return this;
    }

    /** Epochs between two histograms of the weights; 0 for none. */
    public TensorBoard histogramFreq(int newHistogramFreq) {
        histogramFreq = newHistogramFreq;
        return this;
    }

    /** Whether the model's architecture is written. */
    public TensorBoard writeGraph(boolean newWriteGraph) {
        writeGraph = newWriteGraph;
        return this;
    }

    /** Whether weights are written as images beside their histograms. */
    public TensorBoard writeImages(boolean newWriteImages) {
        writeImages = newWriteImages;
        return this;
    }

    /** Whether the speed of epochs (and of batches, where they are recorded) is written. */
    public TensorBoard writeStepsPerSecond(boolean newWriteStepsPerSecond) {
        writeStepsPerSecond = newWriteStepsPerSecond;
        return this;
    }

    /** Batches between two records of the running metrics; {@link #EPOCH} for none. As in Keras, what else is written then is
     * written only if the number of batches is a multiple too. */
    public TensorBoard updateFreq(int newUpdateFreq) {
        updateFreq = newUpdateFreq;
        return this;
    }

    /** Keras 2's profiled batch, of which an empty trace is written; 0 for none, the only value in Keras 3. */
    public TensorBoard profileBatch(int newProfileBatch) {
        profileBatch = newProfileBatch;
        return this;
    }

    /** With {@link Semantics#KERAS2} batch 2 is profiled unless {@link #profileBatch} says otherwise afterwards. */
    public TensorBoard semantics(Semantics newSemantics) {
        semantics = newSemantics;
        profileBatch = newSemantics == Semantics.KERAS2 ? 2 : 0;
        return this;
    }

    /** Measures speed, by default {@link System#nanoTime}. */
    public TensorBoard nanoClock(LongSupplier newNanoClock) {
        nanoClock = newNanoClock;
        return this;
    }

    /** Gives events their wall time. */
    public TensorBoard clock(InstantSource newClock) {
        clock = newClock;
        return this;
    }

    @Override
    public void check() {
        if (profileBatch != 0 && semantics == Semantics.KERAS3) {
            throw CoveyException.caller("TensorBoard: profile_batch is " + profileBatch
                    + ", it must be 0: there is no TensorFlow graph to trace");
        }
    }

    @Override
    public boolean hearsBatches() {
        return updateFreq != EPOCH || profileBatch != 0;
    }

    @Override
    public void onTrainBegin(Training newTraining) {
        training = newTraining;
        inFit = true;
        trainBatches = 0;
        writer(TRAIN);
        if (writeGraph) {
            training.modelJson().ifPresent(json -> writer(TRAIN).write(0, Summary.kerasModel("keras", json)));
        }
    }

    @Override
    public void onTrainEnd(Map<String, Double> logs) {
        inFit = false;
        close();
    }

    @Override
    public void onEpochBegin(int epoch) {
        epochBeginNs = nanoClock.getAsLong();
        epochBeginIterations = training.iterations();
    }

    @Override
    public void onTrainBatchBegin(long batch) {
        trainBatches++;
        batchBeginNs = nanoClock.getAsLong();
    }

    @Override
    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
        if (updateFreq != EPOCH && semantics == Semantics.KERAS3 && isRecorded(trainBatches)) {
            if (writeStepsPerSecond) {
                double seconds = (nanoClock.getAsLong() - batchBeginNs) / SECOND_NS;
                scalar(TRAIN, "batch_steps_per_second", 1 / seconds, trainBatches);
            }
            logs.forEach((name, value) -> scalar(TRAIN, "batch_" + name, value, trainBatches));
        }
        if (profileBatch != 0 && trainBatches == profileBatch) {
            writer(TRAIN).write(profileBatch, Summary.runMetadata("batch_" + profileBatch));
        }
    }

    /** As in Keras there is a file of the validation even if none of its batches is recorded. */
    @Override
    public void onTestBegin() {
        writer(VALIDATION);
    }

    @Override
    public void onTestBatchBegin(long batch) {
        testBatches++;
    }

    @Override
    public void onTestEnd(Map<String, Double> logs) {
        if (isRecorded(testBatches)) {
            long iterations = training == null ? 0 : training.iterations();
            logs.forEach(
                    (name, value) -> scalar(VALIDATION, "evaluation_" + name + "_vs_iterations", value, iterations));
        }
        if (!inFit) {
            close();
        }
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        if (!isRecorded(trainBatches)) {
            return;
        }
        Map<String, Double> train = new LinkedHashMap<>();
        Map<String, Double> validation = new LinkedHashMap<>();
        logs.forEach((name, value) -> {
            boolean isValidation = name.startsWith("val_");
            (isValidation ? validation : train).put(isValidation ? name.substring("val_".length()) : name, value);
        });
        if (semantics == Semantics.KERAS3) {
            train.put("learning_rate", training.learningRate());
        }
        if (writeStepsPerSecond) {
            double seconds = (nanoClock.getAsLong() - epochBeginNs) / SECOND_NS;
            train.put("steps_per_second", (training.iterations() - epochBeginIterations) / seconds);
        }
        train.forEach((name, value) -> scalar(TRAIN, "epoch_" + name, value, epoch));
        validation.forEach((name, value) -> scalar(VALIDATION, "epoch_" + name, value, epoch));
        if (histogramFreq > 0 && epoch % histogramFreq == 0) {
            training.weights().forEach(weight -> write(weight, epoch));
        }
        writers.values().forEach(EventFileWriter::flush);
    }

    /** In Keras 3 the condition holds for all that is written while it is set, in Keras 2 for nothing that this writes. */
    private boolean isRecorded(long batches) {
        return updateFreq == EPOCH || semantics == Semantics.KERAS2 || batches % updateFreq == 0;
    }

    private void write(WeightArray weight, int epoch) {
        EventFileWriter writer = writer(TRAIN);
        if (semantics == Semantics.KERAS3) {
            writer.write(epoch, Summary.histogram(weight.path() + "/histogram", weight.values()));
        } else {
            writer.write(epoch, Summary.legacyHistogram(keras2Name(weight), weight.values()));
        }
        if (writeImages) {
            ImageBatch.ofWeight(weight.shape(), weight.values()).ifPresent(images -> write(weight, images, epoch));
        }
    }

    private void write(WeightArray weight, ImageBatch images, int epoch) {
        if (semantics == Semantics.KERAS3) {
            writer(TRAIN).write(epoch, Summary.images(weight.path() + "/image", images));
        } else {
            for (int i = 0; i < images.shown(); i++) {
                writer(TRAIN).write(epoch, Summary.legacyImage(keras2Name(weight), images, i));
            }
        }
    }

    private String keras2Name(WeightArray weight) {
        String prefix = training.modelName() + "/";
        String path = weight.path();
        return (path.startsWith(prefix) ? path.substring(prefix.length()) : path) + "_0";
    }

    private void scalar(String folder, String tag, double value, long step) {
        writer(folder)
                .write(
                        step,
                        semantics == Semantics.KERAS3
                                ? Summary.scalar(tag, (float) value)
                                : Summary.legacyScalar(tag, (float) value));
    }

    private EventFileWriter writer(String folder) {
        return writers.computeIfAbsent(folder, name -> new EventFileWriter(files, logDir + "/" + name, clock));
    }

    private void close() {
        writers.values().forEach(EventFileWriter::close);
        writers.clear();
    }
}
