package io.covey.trainer.optimizer;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adadelta: the gradient times the ratio of two root mean squares, of updates and of gradients (Zeiler, 2012).
 *
 * @param schedule learning rate, plain or scheduled
 * @param rho decay of the means
 * @param epsilon added within both roots
 * @param options what all optimizers have in common
 */
public record Adadelta(LearningRateSchedule schedule, double rho, double epsilon, OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public Adadelta {
        Optimizers.requireShare("rho", rho);
    }

    /** Keras' defaults with this plain learning rate. */
    public Adadelta(double learningRate) {
        this(new ConstantRate(learningRate), 0.95, 1e-7, OptimizerOptions.DEFAULT);
    }

    static Adadelta of(Arguments arguments) {
        return new Adadelta(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("rho", 0.95),
                arguments.real("epsilon", 1e-7),
                OptimizerOptions.of(arguments, null, 0));
    }

    /** This optimizer with another {@code rho}. */
    public Adadelta rho(double newRho) {
        return new Adadelta(schedule, newRho, epsilon, options);
    }

    /** This optimizer with another {@code epsilon}. */
    public Adadelta epsilon(double newEpsilon) {
        return new Adadelta(schedule, rho, newEpsilon, options);
    }

    /** This optimizer with another learning rate. */
    public Adadelta schedule(LearningRateSchedule newSchedule) {
        return new Adadelta(newSchedule, rho, epsilon, options);
    }

    @Override
    public Adadelta with(OptimizerOptions newOptions) {
        return new Adadelta(schedule, rho, epsilon, newOptions);
    }

    @Override
    public String name() {
        return "adadelta";
    }

    @Override
    public List<String> ownSlots() {
        return List.of("accum_grad", "accum_var");
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>(Optimizers.commonConfig(this));
        config.put("rho", rho);
        config.put("epsilon", epsilon);
        return config;
    }

    @Override
    public ElementRule newRule() {
        return new AdadeltaRule(this);
    }
}
