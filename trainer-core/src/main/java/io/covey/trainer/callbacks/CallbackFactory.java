package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NearestName;
import io.covey.trainer.config.RefusedNames;
import io.covey.trainer.schedules.LearningRateSchedule;
import io.covey.trainer.schedules.Schedules;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes callbacks of names and arguments as a job file has them. */
final class CallbackFactory {
    private static final String SEMANTICS = "semantics";
    private static final String KERAS3 = "keras3";
    private static final String SCHEDULER = "learning_rate_scheduler";
    private static final String EARLY_STOPPING = "early_stopping";
    private static final String MODEL_CHECKPOINT = "model_checkpoint";
    private static final String REDUCE_LR = "reduce_lr_on_plateau";
    private static final String CSV_LOGGER = "csv_logger";
    private static final String TERMINATE_ON_NAN = "terminate_on_nan";
    private static final String PROGBAR_LOGGER = "progbar_logger";
    private static final String TENSOR_BOARD = "tensor_board";
    private static final String BACKUP_AND_RESTORE = "backup_and_restore";

    private static final List<String> NAMES = List.of(
            EARLY_STOPPING,
            MODEL_CHECKPOINT,
            REDUCE_LR,
            CSV_LOGGER,
            TERMINATE_ON_NAN,
            PROGBAR_LOGGER,
            TENSOR_BOARD,
            BACKUP_AND_RESTORE,
            SCHEDULER);

    /** Keras' callbacks that a name and arguments do not make here, and why not. */
    private static final RefusedNames REFUSED = new RefusedNames(
            "callback",
            Map.of(
                    "history", "fit returns the history of every run, and a job writes it to history.csv",
                    "callback_list", "callbacks are a list already",
                    "lambda_callback", "functions cannot be named: use Callbacks.lambda() in Java",
                    "remote_monitor", "nothing is sent over HTTP: use csv_logger or tensor_board",
                    "orbax_checkpoint", "checkpoints are TensorFlow's: use model_checkpoint or backup_and_restore",
                    "swap_ema_weights", "an optimizer with use_ema puts the averages in place when training ends"));

    private static final Logger LOG = LoggerFactory.getLogger(CallbackFactory.class);

    private CallbackFactory() {}

    /** See {@link Callbacks#of(String, Map, CallbackIo)}. */
    static Callback of(String name, Map<String, ?> config, CallbackIo io) {
        return ProvidedCallbacks.create(name, config, io).orElseGet(() -> keras(name, config, io));
    }

    private static Callback keras(String name, Map<String, ?> config, CallbackIo io) {
        return switch (known(name)) {
            case EARLY_STOPPING -> earlyStopping(config, io);
            case MODEL_CHECKPOINT -> modelCheckpoint(config, io);
            case REDUCE_LR -> reduceLrOnPlateau(config, io);
            case CSV_LOGGER -> csvLogger(config, io);
            case TERMINATE_ON_NAN -> {
                Arguments given = arguments(TERMINATE_ON_NAN, config, "raise_error", false);
                yield Callbacks.terminateOnNan()
                        .raiseError(given.flag("raise_error"))
                        .out(io.out());
            }
            case PROGBAR_LOGGER -> {
                Arguments given = arguments(PROGBAR_LOGGER, config, "verbose", 1);
                yield Callbacks.progbarLogger()
                        .verbose(given.atLeast("verbose", 0))
                        .semantics(semantics(given))
                        .out(io.out())
                        .nanoClock(io.nanoClock());
            }
            case TENSOR_BOARD -> tensorBoard(config, io);
            case BACKUP_AND_RESTORE -> backupAndRestore(config, io);
            default -> learningRateScheduler(config, io);
        };
    }

    /** The callback's name in snake case; Keras' class names mean the same. */
    private static String known(String name) {
        for (String known : NAMES) {
            if (RefusedNames.plain(known).equals(RefusedNames.plain(name))) {
                return known;
            }
        }
        REFUSED.check(name);
        List<String> all = Stream.concat(NAMES.stream(), ProvidedCallbacks.names().stream())
                .toList();
        throw CoveyException.caller("callback " + name + " is not known" + NearestName.advice(name, all));
    }

    /** A schedule takes the place of Keras' function: its steps are epochs. */
    private static Callback learningRateScheduler(Map<String, ?> config, CallbackIo io) {
        Arguments given = arguments(SCHEDULER, config, "schedule", null, "verbose", 0);
        if (!(given.raw("schedule") instanceof Map<?, ?> named)) {
            throw given.wrong(
                    "schedule",
                    "one of Keras' schedules whose steps are epochs, as {exponential_decay: {initial_learning_rate: 0.1,"
                            + " decay_steps: 1, decay_rate: 0.9}}; for a function use Callbacks.learningRateScheduler in"
                            + " Java");
        }
        LearningRateSchedule schedule = Schedules.of(named);
        return Callbacks.learningRateScheduler((epoch, learningRate) -> schedule.at(epoch))
                .verbose(given.atLeast("verbose", 0))
                .semantics(semantics(given))
                .out(io.out());
    }

    private static Callback earlyStopping(Map<String, ?> config, CallbackIo io) {
        Arguments given = arguments(
                EARLY_STOPPING,
                config,
                "monitor",
                "val_loss",
                "min_delta",
                0,
                "patience",
                0,
                "verbose",
                0,
                "mode",
                "auto",
                "baseline",
                null,
                "restore_best_weights",
                false,
                "start_from_epoch",
                0);
        return Callbacks.earlyStopping()
                .monitor(text(given, "monitor"))
                .minDelta(given.real("min_delta"))
                .patience(given.atLeast("patience", 0))
                .verbose(given.atLeast("verbose", 0))
                .mode(mode(given))
                .baseline(given.optionalReal("baseline", null))
                .restoreBestWeights(given.flag("restore_best_weights"))
                .startFromEpoch(given.atLeast("start_from_epoch", 0))
                .semantics(semantics(given))
                .out(io.out());
    }

    private static Callback modelCheckpoint(Map<String, ?> config, CallbackIo io) {
        Arguments given = arguments(
                MODEL_CHECKPOINT,
                config,
                "filepath",
                null,
                "monitor",
                "val_loss",
                "verbose",
                0,
                "save_best_only",
                false,
                "save_weights_only",
                false,
                "mode",
                "auto",
                "save_freq",
                "epoch",
                "initial_value_threshold",
                null,
                "save_format",
                "tf");
        return Callbacks.modelCheckpoint(text(given, "filepath"))
                .files(io.files())
                .monitor(text(given, "monitor"))
                .verbose(given.atLeast("verbose", 0))
                .saveBestOnly(given.flag("save_best_only"))
                .saveWeightsOnly(given.flag("save_weights_only"))
                .mode(mode(given))
                .saveFreq(saveFreq(given))
                .initialValueThreshold(given.optionalReal("initial_value_threshold", null))
                .saveFormat(saveFormat(given))
                .semantics(semantics(given))
                .out(io.out());
    }

    private static Callback reduceLrOnPlateau(Map<String, ?> config, CallbackIo io) {
        Arguments given = arguments(
                REDUCE_LR,
                config,
                "monitor",
                "val_loss",
                "factor",
                0.1,
                "patience",
                10,
                "verbose",
                0,
                "mode",
                "auto",
                "min_delta",
                1e-4,
                "cooldown",
                0,
                "min_lr",
                0.0);
        // Printed as it was written: Keras 2 has an integer by default.
        boolean wholeByDefault = semantics(given) == Semantics.KERAS2 && !config.containsKey("min_lr");
        return Callbacks.reduceLrOnPlateau()
                .monitor(text(given, "monitor"))
                .factor(number(given, "factor"))
                .patience(given.atLeast("patience", 0))
                .verbose(given.atLeast("verbose", 0))
                .mode(mode(given))
                .minDelta(given.real("min_delta"))
                .cooldown(given.atLeast("cooldown", 0))
                .minLr(wholeByDefault ? (Number) 0 : number(given, "min_lr"))
                .semantics(semantics(given))
                .out(io.out());
    }

    private static Callback csvLogger(Map<String, ?> config, CallbackIo io) {
        Arguments given = arguments(CSV_LOGGER, config, "filename", null, "separator", ",", "append", false);
        String separator = text(given, "separator");
        if (separator.length() != 1) {
            throw given.wrong("separator", "a single character");
        }
        return new CsvLogger(
                io.files(), text(given, "filename"), separator.charAt(0), given.flag("append"), semantics(given));
    }

    private static Callback tensorBoard(Map<String, ?> config, CallbackIo io) {
        Arguments given = arguments(
                TENSOR_BOARD,
                config,
                "log_dir",
                "logs",
                "histogram_freq",
                0,
                "write_graph",
                true,
                "write_images",
                false,
                "write_steps_per_second",
                false,
                "update_freq",
                "epoch",
                "profile_batch",
                KERAS3.equals(config.get(SEMANTICS)) || !config.containsKey(SEMANTICS) ? 0 : 2,
                "embeddings_freq",
                0,
                "embeddings_metadata",
                null);
        if (given.atLeast("embeddings_freq", 0) != 0 || given.has("embeddings_metadata")) {
            throw given.wrong(
                    "embeddings_freq",
                    "0, and embeddings_metadata null: the projector reads embeddings from checkpoints, which"
                            + " model_checkpoint writes");
        }
        int updateFreq = "batch".equals(given.raw("update_freq"))
                ? 1
                : frequency(given, "update_freq", "epoch", TensorBoard.EPOCH);
        return Callbacks.tensorBoard(text(given, "log_dir"))
                .files(io.files())
                .nanoClock(io.nanoClock())
                .histogramFreq(given.atLeast("histogram_freq", 0))
                .writeGraph(given.flag("write_graph"))
                .writeImages(given.flag("write_images"))
                .writeStepsPerSecond(given.flag("write_steps_per_second"))
                .updateFreq(updateFreq)
                .semantics(semantics(given))
                .profileBatch(given.atLeast("profile_batch", 0));
    }

    private static Callback backupAndRestore(Map<String, ?> config, CallbackIo io) {
        Arguments given = arguments(
                BACKUP_AND_RESTORE,
                config,
                "backup_dir",
                null,
                "save_freq",
                "epoch",
                "double_checkpoint",
                false,
                "delete_checkpoint",
                true);
        Object saveFreq = given.raw("save_freq");
        if (!"epoch".equals(saveFreq) && !(saveFreq instanceof Number)) {
            throw CoveyException.caller("Invalid value for argument `save_freq`. Received: save_freq=" + saveFreq
                    + ". Expected either 'epoch' or an integer value.");
        }
        return Callbacks.backupAndRestore(text(given, "backup_dir"))
                .files(io.files())
                .saveFreq(frequency(given, "save_freq", "epoch", BackupAndRestore.EPOCH))
                .doubleCheckpoint(given.flag("double_checkpoint"))
                .deleteCheckpoint(given.flag("delete_checkpoint"));
    }

    private static Arguments arguments(String name, Map<String, ?> config, Object... namesAndDefaults) {
        Object[] all = new Object[namesAndDefaults.length + 2];
        System.arraycopy(namesAndDefaults, 0, all, 0, namesAndDefaults.length);
        all[namesAndDefaults.length] = SEMANTICS;
        all[namesAndDefaults.length + 1] = KERAS3;
        return Arguments.declared("callback " + name, Arguments.defaults(all), config);
    }

    private static String text(Arguments given, String name) {
        if (!given.has(name)) {
            throw given.wrong(name, "given");
        }
        return given.text(name);
    }

    /** A whole number stays one, for Keras prints it as such. */
    private static Number number(Arguments given, String name) {
        double value = given.real(name);
        return given.raw(name) instanceof Integer whole ? whole : Double.valueOf(value);
    }

    private static int saveFreq(Arguments given) {
        Object value = given.raw("save_freq");
        if (!"epoch".equals(value) && !(value instanceof Number)) {
            throw CoveyException.caller(
                    "Unrecognized save_freq: " + value + ". Expected save_freq are 'epoch' or integer values");
        }
        return frequency(given, "save_freq", "epoch", ModelCheckpoint.EPOCH);
    }

    private static int frequency(Arguments given, String name, String word, int valueOfWord) {
        Object value = given.raw(name);
        if (word.equals(value)) {
            return valueOfWord;
        }
        if (value instanceof Number) {
            return given.atLeast(name, 1);
        }
        throw given.wrong(name, "'" + word + "' or a number of batches");
    }

    private static ModelCheckpoint.SaveFormat saveFormat(Arguments given) {
        return switch (text(given, "save_format")) {
            case "tf" -> ModelCheckpoint.SaveFormat.TF;
            case "keras" -> ModelCheckpoint.SaveFormat.KERAS;
            default -> throw given.wrong("save_format", "tf or keras");
        };
    }

    private static Mode mode(Arguments given) {
        String mode = text(given, "mode");
        return switch (mode) {
            case "min" -> Mode.MIN;
            case "max" -> Mode.MAX;
            default -> {
                if (!mode.equals("auto")) {
                    LOG.warn("callback mode '{}' is unknown, fallback to auto mode", mode);
                }
                yield Mode.AUTO;
            }
        };
    }

    private static Semantics semantics(Arguments given) {
        return switch (text(given, SEMANTICS)) {
            case KERAS3 -> Semantics.KERAS3;
            case "keras2" -> Semantics.KERAS2;
            default -> throw given.wrong(SEMANTICS, "keras3 or keras2");
        };
    }
}
