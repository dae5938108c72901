package io.covey.trainer.optimizer;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adafactor: Adam's mean square of a matrix, factored into its rows' and its columns' means, with steps relative to the size of
 * the variable (Shazeer and Stern, ICML 2018). Works on whole variables, so that server shards are cut between them.
 *
 * @param schedule learning rate, plain or scheduled
 * @param beta2Decay exponent of the mean squares' decay, below 0
 * @param epsilon1 added to squares
 * @param epsilon2 least size of a variable
 * @param clipThreshold largest root mean square of an update, above 0
 * @param relativeStep whether the rate is at most the inverse root of the step; so it always is, as in Keras
 * @param options what all optimizers have in common
 */
public record Adafactor(
        LearningRateSchedule schedule,
        double beta2Decay,
        double epsilon1,
        double epsilon2,
        double clipThreshold,
        boolean relativeStep,
        OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** The slot of rows' means: a weight's shape without its last axis. */
    public static final String ROWS = "r";

    /** The slot of columns' means: a weight's shape without the axis before the last. */
    public static final String COLUMNS = "c";

    /** @throws CoveyException a caller's error when an argument is out of range */
    public Adafactor {
        Optimizers.requireNotNegative("epsilon_1", epsilon1);
        Optimizers.requireNotNegative("epsilon_2", epsilon2);
        if (!(beta2Decay < 0)) {
            throw CoveyException.caller("beta_2_decay is " + beta2Decay + ", it must be below 0");
        }
        if (!(clipThreshold > 0)) {
            throw CoveyException.caller("clip_threshold is " + clipThreshold + ", it must be above 0");
        }
    }

    /** Keras' defaults with this plain learning rate. */
    public Adafactor(double learningRate) {
        this(new ConstantRate(learningRate), -0.8, 1e-30, 1e-3, 1.0, true, OptimizerOptions.DEFAULT);
    }

    static Adafactor of(Arguments arguments) {
        return new Adafactor(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("beta_2_decay", -0.8),
                arguments.real("epsilon_1", 1e-30),
                arguments.real("epsilon_2", 1e-3),
                arguments.real("clip_threshold", 1.0),
                arguments.flag("relative_step", true),
                OptimizerOptions.of(arguments, null, 0));
    }

    @Override
    public Adafactor with(OptimizerOptions newOptions) {
        return new Adafactor(schedule, beta2Decay, epsilon1, epsilon2, clipThreshold, relativeStep, newOptions);
    }

    @Override
    public String name() {
        return "adafactor";
    }

    /** Rows' and columns' means, at the start of a weight's place, and the squares, which are made of them where there are any. */
    @Override
    public List<String> ownSlots() {
        return List.of(ROWS, COLUMNS, "v");
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>(Optimizers.commonConfig(this));
        config.put("beta_2_decay", beta2Decay);
        config.put("epsilon_1", epsilon1);
        config.put("epsilon_2", epsilon2);
        config.put("clip_threshold", clipThreshold);
        config.put("relative_step", relativeStep);
        return config;
    }

    /** Leaves the mean gradient as it is, for {@link AdafactorRule}. */
    @Override
    public ElementRule newRule() {
        return new ElementRule() {
            @Override
            public void begin(float learningRate, long step) {}

            @Override
            public void apply(float[] parameters, float[] gradients, float[][] slots, int length) {}
        };
    }
}
