package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.BackupAndRestore;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.CallbackList;
import io.covey.trainer.callbacks.CallbackParams;
import io.covey.trainer.callbacks.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Keras' {@code fit} and {@code evaluate} over a {@link TrainingBackend}: the same loop for one process and for a cluster.
 *
 * <p>All methods but {@link #requestStop} belong to one thread, on which callbacks run too. Any exception ends the run; the
 * backend is the caller's to close.
 */
public final class TrainingLoop {
    private final TrainingBackend backend;
    private final TrainingSpec spec;
    private final FitOptions options;
    private final List<Callback> callbacks;
    private volatile boolean stopRequested;

    /**
     * A loop.
     *
     * @param backend runs the steps
     * @param spec what it runs
     * @param callbacks called in this order
     */
    public TrainingLoop(
            TrainingBackend backend, TrainingSpec spec, FitOptions options, List<? extends Callback> callbacks) {
        this.backend = backend;
        this.spec = spec;
        this.options = options;
        this.callbacks = List.copyOf(callbacks);
    }

    /** Trains from the start. See {@link #fit(TrainingState)}. */
    public FitResult fit() {
        return fit(null);
    }

    /**
     * Trains until all epochs are done, a callback stops training, or {@link #requestStop} is called.
     *
     * @param resumed where to go on, as read from the checkpoint whose weights the backend holds; null for the start, or for the
     *     backup of a {@link BackupAndRestore} among the callbacks
     * @throws CoveyException a caller's error when a callback's settings are wrong or it monitors what the logs never have, and
     *     when the loss is no longer finite, a checkpoint fails, or the backend breaks
     */
    public FitResult fit(TrainingState resumed) {
        requireData(DataSplit.TRAIN);
        History history = new History();
        List<Callback> all = new ArrayList<>(callbacks);
        all.add(history);
        CallbackList list = new CallbackList(all);
        check(list, spec, options);
        EpochSchedule schedule = EpochSchedule.of(options, backend.steps(DataSplit.TRAIN));
        long steps = options.stepsPerEpoch() == 0 ? schedule.stepsPerEpoch() : options.stepsPerEpoch();
        list.setParams(new CallbackParams(options.epochs(), steps));
        TrainingState start = resumed == null ? backup() : resumed;
        return new FitRun(backend, spec, options, list, history, () -> stopRequested).run(start);
    }

    /**
     * Evaluates {@code split} with the current weights, calling the callbacks' test hooks.
     *
     * @return loss and metrics, sorted by name
     * @throws CoveyException a caller's error if the job has no such data
     */
    public SortedMap<String, Double> evaluate(DataSplit split) {
        requireData(split);
        CallbackList list = new CallbackList(callbacks);
        list.setParams(new CallbackParams(1, Math.max(backend.steps(split), options.validationSteps())));
        return new TreeMap<>(new Evaluation(backend, new Logs(spec.metrics(), options.semantics()), list).run(split));
    }

    /**
     * Asks {@link #fit} to end at the next step boundary and to leave a checkpoint there. An evaluation that runs is finished
     * first. Can be called from any thread; a later {@link #fit} of this loop ends at once.
     */
    public void requestStop() {
        stopRequested = true;
        backend.requestStop();
    }

    /** Restores what a callback has backed up; null if there is nothing. */
    private TrainingState backup() {
        for (Callback callback : callbacks) {
            if (callback instanceof BackupAndRestore backups) {
                Optional<String> newest = backups.newest();
                if (newest.isPresent()) {
                    backend.restore(backups.directory(), newest.get());
                    return backups.directory().readState(newest.get());
                }
            }
        }
        return null;
    }

    /**
     * Checks callbacks before there is a backend: what {@link #fit} refuses of them.
     *
     * @throws CoveyException a caller's error when a callback's settings are wrong or it monitors what the logs never have
     */
    public static void check(TrainingSpec spec, FitOptions options, List<? extends Callback> callbacks) {
        check(new CallbackList(List.copyOf(callbacks)), spec, options);
    }

    private static void check(CallbackList callbacks, TrainingSpec spec, FitOptions options) {
        callbacks.check(logNames(spec, options), spec.compile().metricDirections());
    }

    /** Names that the logs of an epoch can have. */
    private static Set<String> logNames(TrainingSpec spec, FitOptions options) {
        List<String> train = spec.metrics().names();
        Set<String> names = new TreeSet<>(train);
        names.addAll(options.moreLogs());
        if (spec.validation() != null
                && options.validationFreq().followsAnyOf(options.initialEpoch(), options.epochs())) {
            train.forEach(name -> names.add("val_" + name));
        }
        return names;
    }

    private void requireData(DataSplit split) {
        if (backend.rows(split) == 0) {
            throw CoveyException.caller("the job has no " + split + " data: add it to the job's data section");
        }
    }
}
