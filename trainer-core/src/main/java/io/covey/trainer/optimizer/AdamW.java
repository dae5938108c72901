package io.covey.trainer.optimizer;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link Adam} with decoupled weight decay, 0.004 by default (Loshchilov and Hutter, ICLR 2019).
 *
 * @param schedule learning rate, plain or scheduled
 * @param beta1 decay of the mean gradient
 * @param beta2 decay of the mean square
 * @param epsilon added to the root
 * @param amsgrad whether the denominator never shrinks
 * @param options what all optimizers have in common
 */
public record AdamW(
        LearningRateSchedule schedule,
        double beta1,
        double beta2,
        double epsilon,
        boolean amsgrad,
        OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** Keras' default weight decay. */
    public static final double WEIGHT_DECAY_DEFAULT = 0.004;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public AdamW {
        Optimizers.requireBetas(beta1, beta2);
    }

    /** Keras' defaults with this plain learning rate. */
    public AdamW(double learningRate) {
        this(
                new ConstantRate(learningRate),
                0.9,
                0.999,
                1e-7,
                false,
                OptimizerOptions.DEFAULT.weightDecay(WEIGHT_DECAY_DEFAULT));
    }

    static AdamW of(Arguments arguments) {
        return new AdamW(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("beta_1", 0.9),
                arguments.real("beta_2", 0.999),
                arguments.real("epsilon", 1e-7),
                arguments.flag("amsgrad", false),
                OptimizerOptions.of(arguments, WEIGHT_DECAY_DEFAULT, 0));
    }

    /** This optimizer with another {@code beta_1}. */
    public AdamW beta1(double newBeta1) {
        return new AdamW(schedule, newBeta1, beta2, epsilon, amsgrad, options);
    }

    /** This optimizer with another {@code beta_2}. */
    public AdamW beta2(double newBeta2) {
        return new AdamW(schedule, beta1, newBeta2, epsilon, amsgrad, options);
    }

    /** This optimizer with another {@code epsilon}. */
    public AdamW epsilon(double newEpsilon) {
        return new AdamW(schedule, beta1, beta2, newEpsilon, amsgrad, options);
    }

    /** This optimizer with another {@code amsgrad}. */
    public AdamW amsgrad(boolean newAmsgrad) {
        return new AdamW(schedule, beta1, beta2, epsilon, newAmsgrad, options);
    }

    /** This optimizer with another learning rate. */
    public AdamW schedule(LearningRateSchedule newSchedule) {
        return new AdamW(newSchedule, beta1, beta2, epsilon, amsgrad, options);
    }

    @Override
    public AdamW with(OptimizerOptions newOptions) {
        return new AdamW(schedule, beta1, beta2, epsilon, amsgrad, newOptions);
    }

    @Override
    public String name() {
        return "adamw";
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
