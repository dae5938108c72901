package io.covey.trainer.optimizer;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NearestName;
import io.covey.trainer.config.RefusedNames;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import io.covey.trainer.schedules.Schedules;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Makes optimizers, in Java or of names and arguments as they stand in Keras' JSON or a job file. */
public final class Optimizers {
    private static final Map<String, Function<Arguments, Optimizer>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("sgd", Sgd::of);
        KINDS.put("adam", Adam::of);
        KINDS.put("adamw", AdamW::of);
        KINDS.put("rmsprop", RmsProp::of);
        KINDS.put("adagrad", Adagrad::of);
        KINDS.put("adadelta", Adadelta::of);
        KINDS.put("nadam", Nadam::of);
        KINDS.put("adamax", Adamax::of);
        KINDS.put("ftrl", Ftrl::of);
        KINDS.put("lion", Lion::of);
        KINDS.put("lamb", Lamb::of);
        KINDS.put("adafactor", Adafactor::of);
    }

    private static final RefusedNames REFUSED = new RefusedNames(
            "optimizer",
            Map.of(
                    "muon",
                    "it multiplies whole weight matrices, while server shards update element by element: use"
                            + " adamw or lamb",
                    "loss_scale_optimizer",
                    "gradients are float32, their losses need no scale: name the optimizer inside" + " it",
                    "multi_optimizer",
                    "one optimizer trains all weights",
                    "optimizer_map",
                    "one optimizer trains all weights",
                    "schedule_free_adamw",
                    "its averages begin as a copy of the weights, slots here begin with one value: use"
                            + " adamw with a schedule, or with use_ema",
                    "optimizer",
                    "it is the class that all optimizers have in common"));

    private Optimizers() {}

    /** Keras' lower-case names of all optimizers. */
    public static Collection<String> names() {
        return Collections.unmodifiableSet(KINDS.keySet());
    }

    /**
     * An optimizer by Keras' name.
     *
     * @param name for example {@code adam}; case does not matter
     * @param arguments under Keras' names; {@code learning_rate} is a number or a schedule, see {@link Schedules#of(Object)};
     *     {@code semantics: keras2} selects Keras 2's arithmetic
     * @throws CoveyException a caller's error that says what was probably meant
     */
    public static Optimizer of(String name, Map<String, ?> arguments) {
        String known = name.toLowerCase(Locale.ROOT);
        if (!KINDS.containsKey(known)) {
            REFUSED.check(name);
            throw CoveyException.caller("unknown optimizer " + name + NearestName.advice(known, KINDS.keySet()));
        }
        Arguments given = Arguments.of("optimizer " + known, arguments);
        Optimizer optimizer = KINDS.get(known).apply(given);
        given.requireAllKnown();
        return optimizer;
    }

    /** Stochastic gradient descent. */
    public static Sgd sgd(double learningRate) {
        return new Sgd(learningRate);
    }

    /** Adam. */
    public static Adam adam(double learningRate) {
        return new Adam(learningRate);
    }

    /** Adam with weight decay. */
    public static AdamW adamW(double learningRate) {
        return new AdamW(learningRate);
    }

    /** RMSprop. */
    public static RmsProp rmsProp(double learningRate) {
        return new RmsProp(learningRate);
    }

    static LearningRateSchedule schedule(Arguments arguments, double defaultRate) {
        return arguments.has("learning_rate")
                ? Schedules.of(arguments.raw("learning_rate"))
                : new ConstantRate(defaultRate);
    }

    static Map<String, Object> commonConfig(Optimizer optimizer) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("learning_rate", Schedules.toConfig(optimizer.schedule()));
        config.putAll(optimizer.options().config());
        return config;
    }

    static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw CoveyException.caller(name + " is " + value + ", it must be in [0, 1]");
        }
    }

    static void requireBetas(double beta1, double beta2) {
        requireShare("beta_1", beta1);
        requireShare("beta_2", beta2);
    }

    static void requireNotNegative(String name, double value) {
        if (!(value >= 0)) {
            throw CoveyException.caller(name + " is " + value + ", it must be at least 0");
        }
    }
}
