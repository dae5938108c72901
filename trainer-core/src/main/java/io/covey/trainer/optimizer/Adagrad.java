package io.covey.trainer.optimizer;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adagrad: the gradient over the root of the sum of squares (Duchi et al., JMLR 2011).
 *
 * @param schedule learning rate, plain or scheduled
 * @param initialAccumulatorValue what the sum starts with, at least 0
 * @param epsilon added within the root; by Keras 2 to the root
 * @param options what all optimizers have in common
 */
public record Adagrad(
        LearningRateSchedule schedule, double initialAccumulatorValue, double epsilon, OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public Adagrad {
        Optimizers.requireNotNegative("initial_accumulator_value", initialAccumulatorValue);
    }

    /** Keras' defaults with this plain learning rate. */
    public Adagrad(double learningRate) {
        this(new ConstantRate(learningRate), 0.1, 1e-7, OptimizerOptions.DEFAULT);
    }

    static Adagrad of(Arguments arguments) {
        return new Adagrad(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("initial_accumulator_value", 0.1),
                arguments.real("epsilon", 1e-7),
                OptimizerOptions.of(arguments, null, 0));
    }

    /** This optimizer with another {@code initial_accumulator_value}. */
    public Adagrad initialAccumulatorValue(double newInitialAccumulatorValue) {
        return new Adagrad(schedule, newInitialAccumulatorValue, epsilon, options);
    }

    /** This optimizer with another {@code epsilon}. */
    public Adagrad epsilon(double newEpsilon) {
        return new Adagrad(schedule, initialAccumulatorValue, newEpsilon, options);
    }

    /** This optimizer with another learning rate. */
    public Adagrad schedule(LearningRateSchedule newSchedule) {
        return new Adagrad(newSchedule, initialAccumulatorValue, epsilon, options);
    }

    @Override
    public Adagrad with(OptimizerOptions newOptions) {
        return new Adagrad(schedule, initialAccumulatorValue, epsilon, newOptions);
    }

    @Override
    public String name() {
        return "adagrad";
    }

    @Override
    public List<String> ownSlots() {
        return List.of("accumulator");
    }

    @Override
    public float initialValue(String slot) {
        return slot.equals("accumulator") ? (float) initialAccumulatorValue : 0;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>(Optimizers.commonConfig(this));
        config.put("initial_accumulator_value", initialAccumulatorValue);
        config.put("epsilon", epsilon);
        return config;
    }

    @Override
    public ElementRule newRule() {
        return new AdagradRule(this);
    }
}
