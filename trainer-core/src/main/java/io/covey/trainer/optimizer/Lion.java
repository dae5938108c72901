package io.covey.trainer.optimizer;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lion: the sign of an interpolated momentum (Chen et al.: Symbolic Discovery of Optimization Algorithms, 2023).
 *
 * @param schedule learning rate, plain or scheduled
 * @param beta1 share of the momentum in the update, in (0, 1]
 * @param beta2 decay of the momentum
 * @param options what all optimizers have in common
 */
public record Lion(LearningRateSchedule schedule, double beta1, double beta2, OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public Lion {
        Optimizers.requireBetas(beta1, beta2);
        if (beta1 == 0) {
            throw CoveyException.caller("beta_1 is 0, it must be above 0: without momentum nothing but signs is left");
        }
    }

    /** Keras' defaults with this plain learning rate. */
    public Lion(double learningRate) {
        this(new ConstantRate(learningRate), 0.9, 0.99, OptimizerOptions.DEFAULT);
    }

    static Lion of(Arguments arguments) {
        return new Lion(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("beta_1", 0.9),
                arguments.real("beta_2", 0.99),
                OptimizerOptions.of(arguments, null, 0));
    }

    /** This optimizer with another {@code beta_1}. */
    public Lion beta1(double newBeta1) {
        return new Lion(schedule, newBeta1, beta2, options);
    }

    /** This optimizer with another {@code beta_2}. */
    public Lion beta2(double newBeta2) {
        return new Lion(schedule, beta1, newBeta2, options);
    }

    /** This optimizer with another learning rate. */
    public Lion schedule(LearningRateSchedule newSchedule) {
        return new Lion(newSchedule, beta1, beta2, options);
    }

    @Override
    public Lion with(OptimizerOptions newOptions) {
        return new Lion(schedule, beta1, beta2, newOptions);
    }

    @Override
    public String name() {
        return "lion";
    }

    @Override
    public List<String> ownSlots() {
        return List.of("m");
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>(Optimizers.commonConfig(this));
        config.put("beta_1", beta1);
        config.put("beta_2", beta2);
        return config;
    }

    @Override
    public ElementRule newRule() {
        return new LionRule(this);
    }
}
