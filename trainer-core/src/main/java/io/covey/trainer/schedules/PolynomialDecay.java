package io.covey.trainer.schedules;

import io.covey.trainer.config.Arguments;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code (initial - end) * (1 - step / decay_steps) ^ power + end}, constant after {@code decay_steps}.
 *
 * @param decaySteps above 0
 * @param cycle whether {@code decay_steps} grows to its next multiple instead
 */
public record PolynomialDecay(
        double initialLearningRate, double decaySteps, double endLearningRate, double power, boolean cycle)
        implements LearningRateSchedule {
    /** @throws io.covey.trainer.CoveyException a caller's error when {@code decay_steps} is not positive */
    public PolynomialDecay {
        LearningRateSchedule.requireSteps("decay_steps", decaySteps);
    }

    static PolynomialDecay of(Arguments arguments) {
        return new PolynomialDecay(
                arguments.real("initial_learning_rate"),
                arguments.real("decay_steps"),
                arguments.real("end_learning_rate", 0.0001),
                arguments.real("power", 1.0),
                arguments.flag("cycle", false));
    }

    @Override
    public String className() {
        return "PolynomialDecay";
    }

    @Override
    public float at(long step) {
        float end = (float) endLearningRate;
        float decay = (float) decaySteps;
        float now = (float) step;
        if (cycle) {
            decay *= now == 0 ? 1f : (float) Math.ceil(now / decay);
        } else {
            now = Math.min(now, decay);
        }
        float base = 1f - now / decay;
        return ((float) initialLearningRate - end) * LearningRateSchedule.power(base, (float) power) + end;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("decay_steps", decaySteps);
        config.put("end_learning_rate", endLearningRate);
        config.put("power", power);
        config.put("cycle", cycle);
        return config;
    }
}
