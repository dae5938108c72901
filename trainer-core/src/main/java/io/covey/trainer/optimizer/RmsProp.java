package io.covey.trainer.optimizer;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * RMSprop: the gradient over the root of its mean square (Hinton, 2012), or of its variance when centered.
 *
 * @param schedule learning rate, plain or scheduled
 * @param rho decay of the means
 * @param momentum in [0, 1]; 0 keeps no slot
 * @param epsilon added within the root; by Keras 2 without momentum to the root
 * @param centered whether the mean is taken off
 * @param options what all optimizers have in common
 */
public record RmsProp(
        LearningRateSchedule schedule,
        double rho,
        double momentum,
        double epsilon,
        boolean centered,
        OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public RmsProp {
        Optimizers.requireShare("rho", rho);
        Optimizers.requireShare("momentum", momentum);
    }

    /** Keras' defaults with this plain learning rate. */
    public RmsProp(double learningRate) {
        this(new ConstantRate(learningRate), 0.9, 0.0, 1e-7, false, OptimizerOptions.DEFAULT);
    }

    static RmsProp of(Arguments arguments) {
        return new RmsProp(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("rho", 0.9),
                arguments.real("momentum", 0.0),
                arguments.real("epsilon", 1e-7),
                arguments.flag("centered", false),
                OptimizerOptions.of(arguments, null, 0));
    }

    /** This optimizer with another {@code rho}. */
    public RmsProp rho(double newRho) {
        return new RmsProp(schedule, newRho, momentum, epsilon, centered, options);
    }

    /** This optimizer with another {@code momentum}. */
    public RmsProp momentum(double newMomentum) {
        return new RmsProp(schedule, rho, newMomentum, epsilon, centered, options);
    }

    /** This optimizer with another {@code epsilon}. */
    public RmsProp epsilon(double newEpsilon) {
        return new RmsProp(schedule, rho, momentum, newEpsilon, centered, options);
    }

    /** This optimizer with another {@code centered}. */
    public RmsProp centered(boolean newCentered) {
        return new RmsProp(schedule, rho, momentum, epsilon, newCentered, options);
    }

    /** This optimizer with another learning rate. */
    public RmsProp schedule(LearningRateSchedule newSchedule) {
        return new RmsProp(newSchedule, rho, momentum, epsilon, centered, options);
    }

    @Override
    public RmsProp with(OptimizerOptions newOptions) {
        return new RmsProp(schedule, rho, momentum, epsilon, centered, newOptions);
    }

    @Override
    public String name() {
        return "rmsprop";
    }

    @Override
    public List<String> ownSlots() {
        return RmsPropRule.slots(momentum, centered);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>(Optimizers.commonConfig(this));
        config.put("rho", rho);
        config.put("momentum", momentum);
        config.put("epsilon", epsilon);
        config.put("centered", centered);
        return config;
    }

    @Override
    public ElementRule newRule() {
        return new RmsPropRule(this);
    }
}
