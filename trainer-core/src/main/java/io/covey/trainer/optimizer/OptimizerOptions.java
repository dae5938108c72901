package io.covey.trainer.optimizer;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Keras' arguments that every optimizer takes. Absent ones are null.
 *
 * @param semantics whose arithmetic
 * @param weightDecay parameters lose this share of themselves times the learning rate in each step, before the update
 * @param excludeFromWeightDecay regular expressions; a variable whose name contains a match does not decay
 * @param clipnorm largest norm of each variable's gradient
 * @param globalClipnorm largest norm of all gradients together
 * @param clipvalue largest magnitude of a gradient's element
 * @param useEma whether a moving average of the parameters is kept, and takes their place when training ends
 * @param emaMomentum share of the old average that is kept in each step
 * @param emaOverwriteFrequency steps between two overwrites of the parameters by their average
 * @param lossScaleFactor Keras' guard against the underflow of float16: the loss is multiplied, its gradients are divided by it.
 *     Training changes neither: gradients are float32 and of the plain loss. Who updates by gradients of a scaled loss divides
 *     the scale that he gives to {@link RangeUpdater#begin} by it
 * @param gradientAccumulationSteps steps whose gradients are averaged for one update, at least 2
 * @param decay Keras 2's argument: the rate is divided by {@code 1 + decay * step}; 0 in Keras 3
 */
public record OptimizerOptions(
        Semantics semantics,
        Double weightDecay,
        List<String> excludeFromWeightDecay,
        Double clipnorm,
        Double globalClipnorm,
        Double clipvalue,
        boolean useEma,
        double emaMomentum,
        Integer emaOverwriteFrequency,
        Double lossScaleFactor,
        Integer gradientAccumulationSteps,
        double decay)
        implements Serializable {
    /** Whose arithmetic, where the versions of Keras differ. */
    public enum Semantics {
        KERAS2,
        KERAS3
    }

    public static final String ACCUMULATOR_SLOT = "gradient_accumulator";
    public static final String AVERAGE_SLOT = "average";

    /** Keras 3 without any option. */
    public static final OptimizerOptions DEFAULT =
            new OptimizerOptions(Semantics.KERAS3, null, List.of(), null, null, null, false, 0.99, null, null, null, 0);

    /** @throws CoveyException a caller's error when a value is out of range or two exclude each other */
    public OptimizerOptions {
        excludeFromWeightDecay = List.copyOf(excludeFromWeightDecay);
        if (Stream.of(clipnorm, globalClipnorm, clipvalue)
                        .filter(c -> c != null)
                        .count()
                > 1) {
            throw CoveyException.caller("only one of clipnorm, clipvalue and global_clipnorm can be set; clipnorm is "
                    + clipnorm + ", clipvalue " + clipvalue + ", global_clipnorm " + globalClipnorm);
        }
        if (useEma && !(emaMomentum >= 0 && emaMomentum <= 1)) {
            throw CoveyException.caller("ema_momentum is " + emaMomentum + ", it must be in [0, 1]");
        }
        if (useEma && emaOverwriteFrequency != null && emaOverwriteFrequency < 1) {
            throw CoveyException.caller(
                    "ema_overwrite_frequency is " + emaOverwriteFrequency + ", it must be at least 1");
        }
        if (lossScaleFactor != null && !(lossScaleFactor > 0 && lossScaleFactor <= Float.MAX_VALUE)) {
            throw CoveyException.caller("loss_scale_factor is " + lossScaleFactor + ", it must be above 0 and finite");
        }
        if (gradientAccumulationSteps != null && gradientAccumulationSteps < 2) {
            throw CoveyException.caller(
                    "gradient_accumulation_steps is " + gradientAccumulationSteps + ", it must be at least 2");
        }
        if (decay != 0 && semantics == Semantics.KERAS3) {
            throw CoveyException.caller(
                    "decay is " + decay + ", but Keras 3 has no such argument: use a schedule, or semantics: keras2");
        }
        if (decay < 0) {
            throw CoveyException.caller("decay is " + decay + ", it must be at least 0");
        }
        for (String expression : excludeFromWeightDecay) {
            try {
                Pattern.compile(expression);
            } catch (PatternSyntaxException e) {
                throw CoveyException.caller(
                        "exclude_from_weight_decay has " + expression + ", which is no regular expression", e);
            }
        }
    }

    /** Reads the common arguments. */
    static OptimizerOptions of(Arguments arguments, Double weightDecayDefault, double decayDefault) {
        arguments.ignore("name");
        Semantics semantics =
                switch (arguments.text("semantics", "keras3")) {
                    case "keras2" -> Semantics.KERAS2;
                    case "keras3" -> Semantics.KERAS3;
                    default -> throw arguments.wrong("semantics", "keras2 or keras3");
                };
        return new OptimizerOptions(
                semantics,
                arguments.optionalReal("weight_decay", weightDecayDefault),
                arguments.texts("exclude_from_weight_decay"),
                arguments.optionalReal("clipnorm", null),
                arguments.optionalReal("global_clipnorm", null),
                arguments.optionalReal("clipvalue", null),
                arguments.flag("use_ema", false),
                arguments.real("ema_momentum", 0.99),
                integer(arguments, "ema_overwrite_frequency"),
                arguments.optionalReal("loss_scale_factor", null),
                integer(arguments, "gradient_accumulation_steps"),
                arguments.real("decay", semantics == Semantics.KERAS2 ? decayDefault : 0.0));
    }

    private static Integer integer(Arguments arguments, String name) {
        int value = arguments.integer(name, 0);
        return value == 0 ? null : Integer.valueOf(value);
    }

    /** What norms an update waits for. */
    public Clipping clipping() {
        if (clipnorm != null && clipnorm > 0) {
            return Clipping.VARIABLE_NORM;
        }
        if (globalClipnorm != null && globalClipnorm > 0) {
            return Clipping.GLOBAL_NORM;
        }
        return clipvalue != null && clipvalue > 0 ? Clipping.VALUE : Clipping.NONE;
    }

    /** Whether the formulas are Keras 2's. */
    boolean isKeras2() {
        return semantics == Semantics.KERAS2;
    }

    /** Whether a variable of this name decays. */
    boolean decays(String variableName) {
        return weightDecay != null
                && excludeFromWeightDecay.stream().noneMatch(expression -> Pattern.compile(expression)
                        .matcher(variableName)
                        .find());
    }

    /** Steps for one update. */
    int stepsPerUpdate() {
        return gradientAccumulationSteps == null ? 1 : gradientAccumulationSteps;
    }

    /** The optimizer's own slots, then those of the options. */
    List<String> withSlots(List<String> own) {
        List<String> all = new ArrayList<>(own);
        if (gradientAccumulationSteps != null) {
            all.add(ACCUMULATOR_SLOT);
        }
        if (useEma) {
            all.add(AVERAGE_SLOT);
        }
        return List.copyOf(all);
    }

    /** These options in Keras 2's arithmetic. */
    public OptimizerOptions keras2() {
        return change(Map.of("semantics", "keras2"));
    }

    /** Decoupled weight decay. */
    public OptimizerOptions weightDecay(double share) {
        return change(Map.of("weight_decay", share));
    }

    /** Clips each variable's gradient to this norm. */
    public OptimizerOptions clipnorm(double norm) {
        return change(Map.of("clipnorm", norm));
    }

    /** Clips all gradients together to this norm. */
    public OptimizerOptions globalClipnorm(double norm) {
        return change(Map.of("global_clipnorm", norm));
    }

    /** Clips each element of the gradients to this magnitude. */
    public OptimizerOptions clipvalue(double magnitude) {
        return change(Map.of("clipvalue", magnitude));
    }

    /** Averages the gradients of so many steps for one update. */
    public OptimizerOptions gradientAccumulationSteps(int steps) {
        return change(Map.of("gradient_accumulation_steps", steps));
    }

    /** Keeps a moving average that takes the parameters' place when training ends. */
    public OptimizerOptions ema(double momentum) {
        return change(Map.of("use_ema", true, "ema_momentum", momentum));
    }

    private OptimizerOptions change(Map<String, ?> changes) {
        Map<String, Object> config = config();
        config.putAll(changes);
        return of(Arguments.of("optimizer", config), null, 0);
    }

    /** The arguments under Keras' names; what Keras does not have is there only where it is set. */
    Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("weight_decay", weightDecay);
        config.put("clipnorm", clipnorm);
        config.put("global_clipnorm", globalClipnorm);
        config.put("clipvalue", clipvalue);
        config.put("use_ema", useEma);
        config.put("ema_momentum", emaMomentum);
        config.put("ema_overwrite_frequency", emaOverwriteFrequency);
        config.put("loss_scale_factor", lossScaleFactor);
        config.put("gradient_accumulation_steps", gradientAccumulationSteps);
        if (isKeras2()) {
            config.put("semantics", "keras2");
            config.put("decay", decay);
        }
        if (!excludeFromWeightDecay.isEmpty()) {
            config.put("exclude_from_weight_decay", excludeFromWeightDecay);
        }
        return config;
    }
}
