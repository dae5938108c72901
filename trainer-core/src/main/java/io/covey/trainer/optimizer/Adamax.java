package io.covey.trainer.optimizer;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam with the infinity norm (Kingma and Ba, ICLR 2015, section 7.1).
 *
 * @param schedule learning rate, plain or scheduled
 * @param beta1 decay of the mean gradient
 * @param beta2 decay of the norm
 * @param epsilon added to the norm
 * @param options what all optimizers have in common
 */
public record Adamax(
        LearningRateSchedule schedule, double beta1, double beta2, double epsilon, OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public Adamax {
        Optimizers.requireBetas(beta1, beta2);
    }

    /** Keras' defaults with this plain learning rate. */
    public Adamax(double learningRate) {
        this(new ConstantRate(learningRate), 0.9, 0.999, 1e-7, OptimizerOptions.DEFAULT);
    }

    static Adamax of(Arguments arguments) {
        return new Adamax(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("beta_1", 0.9),
                arguments.real("beta_2", 0.999),
                arguments.real("epsilon", 1e-7),
                OptimizerOptions.of(arguments, null, 0));
    }

    /** This optimizer with another {@code beta_1}. */
    public Adamax beta1(double newBeta1) {
        return new Adamax(schedule, newBeta1, beta2, epsilon, options);
    }

    /** This optimizer with another {@code beta_2}. */
    public Adamax beta2(double newBeta2) {
        return new Adamax(schedule, beta1, newBeta2, epsilon, options);
    }

    /** This optimizer with another {@code epsilon}. */
    public Adamax epsilon(double newEpsilon) {
        return new Adamax(schedule, beta1, beta2, newEpsilon, options);
    }

    /** This optimizer with another learning rate. */
    public Adamax schedule(LearningRateSchedule newSchedule) {
        return new Adamax(newSchedule, beta1, beta2, epsilon, options);
    }

    @Override
    public Adamax with(OptimizerOptions newOptions) {
        return new Adamax(schedule, beta1, beta2, epsilon, newOptions);
    }

    @Override
    public String name() {
        return "adamax";
    }

    @Override
    public List<String> ownSlots() {
        return List.of("m", "v");
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>(Optimizers.commonConfig(this));
        config.put("beta_1", beta1);
        config.put("beta_2", beta2);
        config.put("epsilon", epsilon);
        return config;
    }

    @Override
    public ElementRule newRule() {
        return new AdamaxRule(this);
    }
}
