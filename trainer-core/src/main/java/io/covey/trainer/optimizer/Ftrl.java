package io.covey.trainer.optimizer;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Follow the regularized leader (McMahan et al., KDD 2013), with L2 shrinkage.
 *
 * @param schedule learning rate, plain or scheduled
 * @param learningRatePower at most 0
 * @param initialAccumulatorValue what the sum of squares starts with, at least 0
 * @param l1 at least 0
 * @param l2 at least 0
 * @param l2Shrinkage at least 0; acts on the gradient
 * @param beta the paper's beta
 * @param options what all optimizers have in common
 */
public record Ftrl(
        LearningRateSchedule schedule,
        double learningRatePower,
        double initialAccumulatorValue,
        double l1,
        double l2,
        double l2Shrinkage,
        double beta,
        OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public Ftrl {
        Optimizers.requireNotNegative("initial_accumulator_value", initialAccumulatorValue);
        Optimizers.requireNotNegative("l1_regularization_strength", l1);
        Optimizers.requireNotNegative("l2_regularization_strength", l2);
        Optimizers.requireNotNegative("l2_shrinkage_regularization_strength", l2Shrinkage);
        if (!(learningRatePower <= 0)) {
            throw CoveyException.caller("learning_rate_power is " + learningRatePower + ", it must be at most 0");
        }
    }

    /** Keras' defaults with this plain learning rate. */
    public Ftrl(double learningRate) {
        this(new ConstantRate(learningRate), -0.5, 0.1, 0.0, 0.0, 0.0, 0.0, OptimizerOptions.DEFAULT);
    }

    static Ftrl of(Arguments arguments) {
        return new Ftrl(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("learning_rate_power", -0.5),
                arguments.real("initial_accumulator_value", 0.1),
                arguments.real("l1_regularization_strength", 0.0),
                arguments.real("l2_regularization_strength", 0.0),
                arguments.real("l2_shrinkage_regularization_strength", 0.0),
                arguments.real("beta", 0.0),
                OptimizerOptions.of(arguments, null, 0));
    }

    /** This optimizer with another {@code learning_rate_power}. */
    public Ftrl learningRatePower(double newLearningRatePower) {
        return new Ftrl(schedule, newLearningRatePower, initialAccumulatorValue, l1, l2, l2Shrinkage, beta, options);
    }

    /** This optimizer with another {@code initial_accumulator_value}. */
    public Ftrl initialAccumulatorValue(double newInitialAccumulatorValue) {
        return new Ftrl(schedule, learningRatePower, newInitialAccumulatorValue, l1, l2, l2Shrinkage, beta, options);
    }

    /** This optimizer with another {@code l1_regularization_strength}. */
    public Ftrl l1(double newL1) {
        return new Ftrl(schedule, learningRatePower, initialAccumulatorValue, newL1, l2, l2Shrinkage, beta, options);
    }

    /** This optimizer with another {@code l2_regularization_strength}. */
    public Ftrl l2(double newL2) {
        return new Ftrl(schedule, learningRatePower, initialAccumulatorValue, l1, newL2, l2Shrinkage, beta, options);
    }

    /** This optimizer with another {@code l2_shrinkage_regularization_strength}. */
    public Ftrl l2Shrinkage(double newL2Shrinkage) {
        return new Ftrl(schedule, learningRatePower, initialAccumulatorValue, l1, l2, newL2Shrinkage, beta, options);
    }

    /** This optimizer with another {@code beta}. */
    public Ftrl beta(double newBeta) {
        return new Ftrl(schedule, learningRatePower, initialAccumulatorValue, l1, l2, l2Shrinkage, newBeta, options);
    }

    /** This optimizer with another learning rate. */
    public Ftrl schedule(LearningRateSchedule newSchedule) {
        return new Ftrl(newSchedule, learningRatePower, initialAccumulatorValue, l1, l2, l2Shrinkage, beta, options);
    }

    @Override
    public Ftrl with(OptimizerOptions newOptions) {
        return new Ftrl(schedule, learningRatePower, initialAccumulatorValue, l1, l2, l2Shrinkage, beta, newOptions);
    }

    @Override
    public String name() {
        return "ftrl";
    }

    @Override
    public List<String> ownSlots() {
        return List.of("accumulator", "linear");
    }

    @Override
    public float initialValue(String slot) {
        return slot.equals("accumulator") ? (float) initialAccumulatorValue : 0;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>(Optimizers.commonConfig(this));
        config.put("learning_rate_power", learningRatePower);
        config.put("initial_accumulator_value", initialAccumulatorValue);
        config.put("l1_regularization_strength", l1);
        config.put("l2_regularization_strength", l2);
        config.put("l2_shrinkage_regularization_strength", l2Shrinkage);
        config.put("beta", beta);
        return config;
    }

    @Override
    public ElementRule newRule() {
        return new FtrlRule(this);
    }
}
