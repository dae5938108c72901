package io.covey.trainer.schedules;

import io.covey.trainer.config.Arguments;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code initial_learning_rate * decay_rate ^ (step / decay_steps)}.
 *
 * @param decaySteps above 0
 * @param staircase whether the quotient is rounded down
 */
public record ExponentialDecay(double initialLearningRate, double decaySteps, double decayRate, boolean staircase)
        implements LearningRateSchedule {
    /** @throws io.covey.trainer.CoveyException a caller's error when {@code decay_steps} is not positive */
    public ExponentialDecay {
        LearningRateSchedule.requireSteps("decay_steps", decaySteps);
    }

    static ExponentialDecay of(Arguments arguments) {
        return new ExponentialDecay(
                arguments.real("initial_learning_rate"),
                arguments.real("decay_steps"),
                arguments.real("decay_rate"),
                arguments.flag("staircase", false));
    }

    @Override
    public String className() {
        return "ExponentialDecay";
    }

    @Override
    public float at(long step) {
        float quotient = (float) step / (float) decaySteps;
        float exponent = staircase ? (float) Math.floor(quotient) : quotient;
        return (float) initialLearningRate * LearningRateSchedule.power((float) decayRate, exponent);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("decay_steps", decaySteps);
        config.put("decay_rate", decayRate);
        config.put("staircase", staircase);
        return config;
    }
}
