package io.covey.trainer.optimizer;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam with Nesterov's momentum and its warming schedule (Dozat, ICLR workshop 2016). Keras 2's {@code decay}, 0.004 by
 * default, slows that schedule down and leaves the learning rate alone.
 *
 * @param schedule learning rate, plain or scheduled
 * @param beta1 decay of the mean gradient
 * @param beta2 decay of the mean square
 * @param epsilon added to the root
 * @param options what all optimizers have in common
 */
public record Nadam(LearningRateSchedule schedule, double beta1, double beta2, double epsilon, OptimizerOptions options)
        implements Optimizer {
    /** Keras' default learning rate. */
    public static final double LEARNING_RATE_DEFAULT = 0.001;

    /** Keras 2's default of {@code decay}. */
    static final double SCHEDULE_DECAY_DEFAULT = 0.004;

    /** @throws io.covey.trainer.CoveyException a caller's error when an argument is out of range */
    public Nadam {
        Optimizers.requireBetas(beta1, beta2);
    }

    /** Keras' defaults with this plain learning rate. */
    public Nadam(double learningRate) {
        this(new ConstantRate(learningRate), 0.9, 0.999, 1e-7, OptimizerOptions.DEFAULT);
    }

    static Nadam of(Arguments arguments) {
        return new Nadam(
                Optimizers.schedule(arguments, LEARNING_RATE_DEFAULT),
                arguments.real("beta_1", 0.9),
                arguments.real("beta_2", 0.999),
                arguments.real("epsilon", 1e-7),
                OptimizerOptions.of(arguments, null, SCHEDULE_DECAY_DEFAULT));
    }

    /** This optimizer with another {@code beta_1}. */
    public Nadam beta1(double newBeta1) {
        return new Nadam(schedule, newBeta1, beta2, epsilon, options);
    }

    /** This optimizer with another {@code beta_2}. */
    public Nadam beta2(double newBeta2) {
        return new Nadam(schedule, beta1, newBeta2, epsilon, options);
    }

    /** This optimizer with another {@code epsilon}. */
    public Nadam epsilon(double newEpsilon) {
        return new Nadam(schedule, beta1, beta2, newEpsilon, options);
    }

    /** This optimizer with another learning rate. */
    public Nadam schedule(LearningRateSchedule newSchedule) {
        return new Nadam(newSchedule, beta1, beta2, epsilon, options);
    }

    @Override
    public Nadam with(OptimizerOptions newOptions) {
        return new Nadam(schedule, beta1, beta2, epsilon, newOptions);
    }

    @Override
    public String name() {
        return "nadam";
    }

    @Override
    public List<String> ownSlots() {
        return List.of("m", "v");
    }

    @Override
    public float learningRateAt(long step, float plainRate) {
        return hasSchedule() ? schedule.at(step) : plainRate;
    }

    /**
     * The product of the momentum schedule's factors, a state that Keras keeps as a variable: of the first {@code steps}
     * updates, rounded after each.
     */
    public float momentumProduct(long steps) {
        return steps == 0 ? 1f : new NadamRule(this).product(steps - 1);
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
        return new NadamRule(this);
    }
}
