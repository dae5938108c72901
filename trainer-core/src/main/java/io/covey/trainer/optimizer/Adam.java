package io.covey.trainer.optimizer;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam: steps along the mean gradient over the root of the mean square (Kingma and Ba, ICLR 2015); AMSGrad takes the largest
 * mean square so far (Reddi et al., ICLR 2018).
 *
 * @param schedule learning rate, plain or scheduled
 * @param beta1 decay of the mean gradient
 * @param beta2 decay of the mean square
 * @param epsilon added to the root
 * @param amsgrad whether the denominator never shrinks
 * @param options what all optimizers have in common
 */
public record Adam(
        LearningRateSchedule schedule,
        double beta1,
        double beta2,
        double epsilon,
        boolean amsgrad,
        OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public Adam {
        Optimizers.requireBetas(beta1, beta2);
    }

    /** Keras' defaults with this plain learning rate. */
    public Adam(double learningRate) {
        this(new ConstantRate(learningRate), 0.9, 0.999, 1e-7, false, OptimizerOptions.DEFAULT);
    }

    static Adam of(Arguments arguments) {
        return new Adam(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("beta_1", 0.9),
                arguments.real("beta_2", 0.999),
                arguments.real("epsilon", 1e-7),
                arguments.flag("amsgrad", false),
                OptimizerOptions.of(arguments, null, 0));
    }

    /** This optimizer with another {@code beta_1}. */
    public Adam beta1(double newBeta1) {
        return new Adam(schedule, newBeta1, beta2, epsilon, amsgrad, options);
    }

    /** This optimizer with another {@code beta_2}. */
    public Adam beta2(double newBeta2) {
        return new Adam(schedule, beta1, newBeta2, epsilon, amsgrad, options);
    }

    /** This optimizer with another {@code epsilon}. */
    public Adam epsilon(double newEpsilon) {
        return new Adam(schedule, beta1, beta2, newEpsilon, amsgrad, options);
    }

    /** This optimizer with another {@code amsgrad}. */
    public Adam amsgrad(boolean newAmsgrad) {
        return new Adam(schedule, beta1, beta2, epsilon, newAmsgrad, options);
    }

    /** This optimizer with another learning rate. */
    public Adam schedule(LearningRateSchedule newSchedule) {
        return new Adam(newSchedule, beta1, beta2, epsilon, amsgrad, options);
    }

    @Override
    public Adam with(OptimizerOptions newOptions) {
        return new Adam(schedule, beta1, beta2, epsilon, amsgrad, newOptions);
    }

    @Override
    public String name() {
        return "adam";
    }

    @Override
    public List<String> ownSlots() {
        return AdamRule.slots(amsgrad);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>(Optimizers.commonConfig(this));
        config.put("beta_1", beta1);
        config.put("beta_2", beta2);
        config.put("epsilon", epsilon);
        config.put("amsgrad", amsgrad);
        return config;
    }

    @Override
    public ElementRule newRule() {
        return new AdamRule(beta1, beta2, epsilon, amsgrad, options.isKeras2());
    }
}
