package io.covey.trainer.optimizer;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent, with momentum {@code v = momentum * v - learning_rate * g; w += v}, which Nesterov's form applies
 * once more: {@code w += momentum * v - learning_rate * g}.
 *
 * @param schedule learning rate, plain or scheduled
 * @param momentum in [0, 1]; 0 keeps no slot
 * @param nesterov whether the momentum looks ahead
 * @param options what all optimizers have in common
 */
public record Sgd(LearningRateSchedule schedule, double momentum, boolean nesterov, OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.01;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public Sgd {
        Optimizers.requireShare("momentum", momentum);
    }

    /** Keras' defaults with this plain learning rate. */
    public Sgd(double learningRate) {
        this(new ConstantRate(learningRate), 0.0, false, OptimizerOptions.DEFAULT);
    }

    static Sgd of(Arguments arguments) {
        return new Sgd(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("momentum", 0.0),
                arguments.flag("nesterov", false),
                OptimizerOptions.of(arguments, null, 0));
    }

    /** This optimizer with another {@code momentum}. */
    public Sgd momentum(double newMomentum) {
        return new Sgd(schedule, newMomentum, nesterov, options);
    }

    /** This optimizer with another {@code nesterov}. */
    public Sgd nesterov(boolean newNesterov) {
        return new Sgd(schedule, momentum, newNesterov, options);
    }

    /** This optimizer with another learning rate. */
    public Sgd schedule(LearningRateSchedule newSchedule) {
        return new Sgd(newSchedule, momentum, nesterov, options);
    }

    @Override
    public Sgd with(OptimizerOptions newOptions) {
        return new Sgd(schedule, momentum, nesterov, newOptions);
    }

    @Override
    public String name() {
        return "sgd";
    }

    @Override
    public List<String> ownSlots() {
        return momentum == 0 ? List.of() : List.of("momentum");
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>(Optimizers.commonConfig(this));
        config.put("momentum", momentum);
        config.put("nesterov", nesterov);
        return config;
    }

    @Override
    public ElementRule newRule() {
        return new SgdRule(this);
    }
}
