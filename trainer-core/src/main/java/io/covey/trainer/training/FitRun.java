package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.CallbackList;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.callbacks.Training;
import io.covey.trainer.callbacks.WeightsSnapshot;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.keras.Compiled;
import io.covey.trainer.keras.ModelJson;
import io.covey.trainer.keras.WeightArray;
import io.covey.trainer.metrics.Direction;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of {@link TrainingLoop#fit}: where it stands, and how it goes on. */
final class FitRun implements Training {
    private static final Logger LOG = LoggerFactory.getLogger(FitRun.class);

    /** The loop's own entry among the callbacks' states of a checkpoint. */
    private static final String STATE = "TrainingLoop";

    private static final String LEARNING_RATE = "learning_rate";
    private static final String EPOCH_LEARNING_RATE = "epoch_learning_rate";
    private static final String LAYER_STATES = "layer_states";

    private final TrainingBackend backend;
    private final TrainingSpec spec;
    private final FitOptions options;
    private final CallbackList callbacks;
    private final boolean hearsBatches;
    private final boolean failOnNonFiniteLoss;
    private final FitWeights weights;
    private final History history;
    private final BooleanSupplier stopRequested;
    private final FitCheckpoints checkpoints;
    private final EpochSchedule schedule;

    private final Logs logs;
    private final Validations validations;
    private final MetricState epochMetrics;
    private Map<String, Double> epochResults;
    private int epoch;
    private long step;
    private float learningRate;
    private float epochLearningRate;
    private boolean stopTraining;
    private boolean interrupted;

    FitRun(
            TrainingBackend backend,
            TrainingSpec spec,
            FitOptions options,
            CallbackList callbacks,
            History history,
            BooleanSupplier stopRequested) {
        this.backend = backend;
        this.spec = spec;
        this.options = options;
        this.callbacks = callbacks;
        this.hearsBatches = callbacks.hearsBatches();
        this.failOnNonFiniteLoss = options.failOnNonFiniteLoss() && !callbacks.toleratesNonFiniteLoss();
        this.weights = new FitWeights(backend, spec.model());
        this.history = history;
        this.stopRequested = stopRequested;
        this.checkpoints = new FitCheckpoints(backend, options.checkpoints(), this::state);
        this.schedule = EpochSchedule.of(options, backend.steps(DataSplit.TRAIN));
        this.epoch = options.initialEpoch();
        this.step = options.iterations();
        this.logs = new Logs(spec.metrics(), options.semantics());
        this.validations = new Validations(backend, options, logs, callbacks);
        this.epochMetrics = MetricState.zero(logs.metrics().stateLength());
        this.learningRate =
                options.learningRate() == null ? (float) spec.optimizer().learningRate() : options.learningRate();
    }

    FitResult run(TrainingState resumed) {
        try {
            train(resumed);
        } catch (RuntimeException | Error e) {
            checkpoints.awaitAfter(e);
            throw e;
        }
        return new FitResult(
                history, step, learningRate, interrupted && epoch < options.epochs(), checkpoints.committedPrefix());
    }

    private void train(TrainingState resumed) {
        if (resumed != null) {
            takePlaceOf(resumed);
        }
        long firstStep = step;
        callbacks.onTrainBegin(this);
        boolean midEpoch = step > epochFirstStep();
        if (midEpoch) {
            callbacks.onEpochBegin(epoch);
        }
        if (resumed != null) {
            restoreCallbacks(resumed);
        }
        Map<String, Double> lastLogs = Map.of();
        while (epoch < options.epochs() && !stopTraining && !isInterrupted()) {
            if (!midEpoch) {
                callbacks.onEpochBegin(epoch);
                epochLearningRate = learningRate;
            }
            midEpoch = false;
            runSteps();
            if (interrupted && step < epochEndStep()) {
                break;
            }
            boolean outOfData = runsOutOfData();
            lastLogs = endEpoch();
            stopTraining |= outOfData;
        }
        if (step > firstStep && (stopTraining || epoch == options.epochs())) {
            backend.overwriteWithAverages();
        }
        // What a callback does to the weights at the end of training belongs in its last checkpoint.
        // A run that is to be resumed must not see it.
        boolean ended = !isInterrupted() || epoch == options.epochs();
        if (ended) {
            callbacks.onTrainEnd(lastLogs);
        }
        checkpoints.writeLast(step, weights.takeReplaced(), step > firstStep);
        if (!ended) {
            callbacks.onTrainEnd(lastLogs);
        }
    }

    /** As Keras 2 does, begins the batch that there is no data for. */
    private boolean runsOutOfData() {
        boolean runsOut = schedule.runsOutOfDataIn(epoch) && step == epochEndStep();
        if (runsOut) {
            callbacks.onTrainBatchBegin(stepsDone());
            LOG.warn(
                    "the data end at step {} of {} of epoch {}, and training with them: {} passes over the data have "
                            + "fewer steps than steps_per_epoch * epochs",
                    stepsDone(),
                    steps(),
                    epoch + 1,
                    epochs());
        }
        return runsOut;
    }

    /**
     * Trains the rest of the epoch, in pieces that end with a pass over the data, where a checkpoint is due or where a callback wants to
     * read the model, until all is done or something stops it.
     */
    private void runSteps() {
        boolean going = true;
        while (going && step < epochEndStep()) {
            long pause = nextPause();
            EpochPlan plan =
                    new EpochPlan(schedule.pass(step), step, pause, schedule.passFirstStep(step), epochLearningRate);
            long done = backend.train(plan, this::onStep);
            if (done != step) {
                throw new IllegalStateException(
                        "the backend ended before step " + done + ", but its listener heard of steps up to " + step);
            }
            // An early end that no callback asked for is a stop request, even one made to the backend itself.
            interrupted |= step < pause && !stopTraining && !checkpoints.isRequested();
            going = !stopTraining && !isInterrupted();
            if (step < epochEndStep()) {
                checkpoints.writeRequested();
                if (!going || checkpoints.dueAtStep(step)) {
                    checkpoints.start();
                }
            }
        }
    }

    private long nextPause() {
        long end = Math.min(epochEndStep(), schedule.passEndStep(step));
        long paused = step + Math.min(end - step, callbacks.batchesToPause(stepsDone()));
        return checkpoints.nextPause(step, paused);
    }

    private void onStep(long stepInPass, MetricState metrics) {
        long expected = step - schedule.passFirstStep(step);
        if (stepInPass != expected) {
            throw new IllegalStateException("the backend reported batch " + stepInPass + " of pass "
                    + schedule.pass(step) + ", expected " + expected);
        }
        long batch = stepsDone();
        if (failOnNonFiniteLoss && !Double.isFinite(metrics.get(StateLayout.LOSS))) {
            throw nonFiniteLoss(batch, metrics);
        }
        epochMetrics.add(metrics);
        step++;
        checkpoints.poll();
        if (hearsBatches) {
            callbacks.onTrainBatch(batch, logs.of(epochMetrics));
        }
        if (stopTraining || checkpoints.isRequested() || stopRequested.getAsBoolean()) {
            backend.requestStop();
        }
    }

    private Map<String, Double> endEpoch() {
        if (stepsDone() > 0) {
            epochResults = logs.of(epochMetrics);
        } // else the data ended with the last epoch, whose results Keras 2 repeats
        Map<String, Double> parts = new LinkedHashMap<>(epochResults);
        parts.putAll(backend.endEpoch(epoch));
        parts.putAll(validations.after(epoch));
        Map<String, Double> epochLogs = logs.ofEpoch(parts);
        callbacks.onEpochEnd(epoch, epochLogs);
        boolean whole = step == epochEndStep();
        boolean due = whole && checkpoints.dueAfterEpoch(epoch, step);
        epoch++;
        epochMetrics.reset();
        if (whole) {
            checkpoints.writeRequested();
        }
        if (due) {
            checkpoints.start();
        }
        return Collections.unmodifiableMap(epochLogs);
    }

    private CoveyException nonFiniteLoss(long batch, MetricState metrics) {
        return CoveyException.failure("the loss is "
                + metrics.get(StateLayout.LOSS) / metrics.get(StateLayout.SAMPLES) + " in epoch " + (epoch + 1) + " of "
                + options.epochs() + ", step " + (batch + 1) + " of " + steps() + " (global step " + step
                + "), with learning_rate " + spec.optimizer().learningRateAt(step, epochLearningRate)
                + ": try a lower learning_rate, and check the inputs for NaN and for values that are not scaled");
    }

    private TrainingState state(CheckpointOptions written) {
        Map<String, Map<String, String>> states = new TreeMap<>(callbacks.states());
        Map<String, String> own = new TreeMap<>(Map.of(
                LEARNING_RATE, Float.toString(learningRate),
                EPOCH_LEARNING_RATE, Float.toString(epochLearningRate)));
        String layerStates = backend.layerStates();
        if (!layerStates.isEmpty()) {
            own.put(LAYER_STATES, layerStates);
        }
        states.put(STATE, own);
        return new TrainingState(
                step,
                epoch,
                epochMetrics.copy(),
                spec.seed(),
                written.configurationHash(),
                backend.weightsSha256(),
                states,
                history.metrics(),
                written.versions());
    }

    private void takePlaceOf(TrainingState state) {
        long first = schedule.firstStep(state.epoch());
        // An epoch that there are no data for begins and ends where they end.
        boolean isWithin =
                state.step() == first || (state.step() > first && state.step() < schedule.endStep(state.epoch()));
        if (!isWithin) {
            throw CoveyException.caller("the checkpoint is at step " + state.step() + " in epoch " + state.epoch()
                    + ", which does not fit " + steps()
                    + " steps per epoch: resume with the data and the batch_size of the checkpoint");
        }
        if (state.seed() != spec.seed()) {
            throw CoveyException.caller("the checkpoint was trained with seed " + state.seed() + ", the job has seed "
                    + spec.seed() + ": resume with the checkpoint's seed");
        }
        step = state.step();
        epoch = state.epoch();
        stopTraining = epoch > options.initialEpoch() && schedule.runsOutOfDataIn(epoch - 1);
        epochMetrics.add(state.epochMetrics());
    }

    private void restoreCallbacks(TrainingState state) {
        history.restore(state.epoch(), state.history());
        epochResults = new LinkedHashMap<>(logs.of(epochMetrics));
        epochResults.replaceAll((name, none) -> {
            List<Double> before = history.metrics().getOrDefault(name, List.of());
            return before.isEmpty() ? none : before.get(before.size() - 1);
        });
        callbacks.restore(state.callbackStates());
        Map<String, String> own = state.callbackStates().get(STATE);
        if (own == null) {
            throw CoveyException.failure("the checkpoint of step " + state.step() + " does not hold the state of "
                    + STATE + ": it was not written by " + STATE + ".fit");
        }
        learningRate = Float.parseFloat(own.get(LEARNING_RATE));
        epochLearningRate = Float.parseFloat(own.get(EPOCH_LEARNING_RATE));
        backend.setLayerStates(own.getOrDefault(LAYER_STATES, ""));
    }

    private long epochFirstStep() {
        return schedule.firstStep(epoch);
    }

    private long epochEndStep() {
        return schedule.endStep(epoch);
    }

    @Override
    public int epochs() {
        return options.epochs();
    }

    @Override
    public long steps() {
        return schedule.stepsPerEpoch();
    }

    @Override
    public long stepsDone() {
        return step - epochFirstStep();
    }

    @Override
    public long samplesDone() {
        return (long) epochMetrics.get(StateLayout.SAMPLES);
    }

    @Override
    public long iterations() {
        return step;
    }

    @Override
    public double learningRate() {
        return spec.optimizer().hasSchedule() ? spec.optimizer().learningRateAt(step, learningRate) : learningRate;
    }

    @Override
    public void setLearningRate(double learningRate) {
        if (spec.optimizer().hasSchedule()) {
            throw CoveyException.caller("the optimizer's learning rate follows the schedule "
                    + spec.optimizer().schedule().className()
                    + ", so that callbacks cannot set it: give learning_rate as a number");
        }
        if (!(learningRate >= 0 && learningRate <= Float.MAX_VALUE)) {
            throw CoveyException.caller("learning_rate is " + learningRate + ", it must be at least 0 and finite");
        }
        this.learningRate = (float) learningRate;
    }

    @Override
    public void stopTraining() {
        stopTraining = true;
    }

    @Override
    public void requestCheckpoint(CheckpointNames names) {
        checkpoints.request(names);
    }

    @Override
    public boolean isInterrupted() {
        interrupted |= stopRequested.getAsBoolean();
        return interrupted;
    }

    @Override
    public boolean isStopping() {
        return stopTraining;
    }

    @Override
    public Map<String, Direction> metricDirections() {
        return spec.compile().metricDirections();
    }

    @Override
    public String modelName() {
        return spec.model().name();
    }

    @Override
    public List<WeightArray> weights() {
        return weights.arrays();
    }

    @Override
    public WeightsSnapshot snapshotWeights() {
        return weights.snapshot();
    }

    @Override
    public void restoreWeights(WeightsSnapshot snapshot) {
        weights.restore(snapshot);
    }

    @Override
    public WeightsSnapshot decodeWeights(String encoded) {
        return FlatSnapshot.decode(encoded);
    }

    @Override
    public void saveWeights(FileStore files, String path) {
        weights.save(files, path);
    }

    @Override
    public void saveModel(FileStore files, String path) {
        weights.saveModel(files, path, new Compiled(spec.optimizer(), spec.compile()), step, learningRate);
    }

    @Override
    public Optional<String> modelJson() {
        return Optional.of(ModelJson.of(spec.model()));
    }
}
