package io.covey.trainer.callbacks;

import java.util.Map;

/**
 * Makes Keras' callbacks: by name and arguments, as a job file does, or by a chain of setters, as in
 * {@code earlyStopping().monitor("val_loss").patience(5).restoreBestWeights(true)}. Setters are to be called before training.
 */
public final class Callbacks {
    private Callbacks() {}

    public static EarlyStopping earlyStopping() {
        return new EarlyStopping();
    }

    /** @param filepath may hold fields as {@code {epoch:02d}} */
    public static ModelCheckpoint modelCheckpoint(String filepath) {
        return new ModelCheckpoint(filepath);
    }

    public static ReduceLrOnPlateau reduceLrOnPlateau() {
        return new ReduceLrOnPlateau();
    }

    public static LearningRateScheduler learningRateScheduler(LearningRateScheduler.Schedule schedule) {
        return new LearningRateScheduler(schedule);
    }

    public static TerminateOnNan terminateOnNan() {
        return new TerminateOnNan();
    }

    public static LambdaCallback lambda() {
        return new LambdaCallback();
    }

    public static ProgbarLogger progbarLogger() {
        return new ProgbarLogger();
    }

    /** @param backupDir of this run alone: it is deleted at the end */
    public static BackupAndRestore backupAndRestore(String backupDir) {
        return new BackupAndRestore(backupDir);
    }

    /** @param logDir has the folders {@code train} and {@code validation} */
    public static TensorBoard tensorBoard(String logDir) {
        return new TensorBoard(logDir);
    }

    /** A callback that writes to the local file system and to standard output, see {@link #of(String, Map, CallbackIo)}. */
    public static Callback of(String name, Map<String, ?> config) {
        return of(name, config, CallbackIo.system());
    }

    /**
     * A callback by its name, for example {@code early_stopping} or {@code EarlyStopping}, with Keras' arguments; each knows {@code
     * semantics: keras2} besides. A {@link CallbackProvider}'s have their own.
     *
     * @throws io.covey.trainer.CoveyException a caller's error for a name or an argument that does not exist, or a value that is
     *     not allowed
     */
    public static Callback of(String name, Map<String, ?> config, CallbackIo io) {
        Callback callback = CallbackFactory.of(name, config, io);
        callback.check();
        return callback;
    }
}
