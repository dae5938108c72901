package io.covey.trainer.schedules;

import io.covey.trainer.CoveyException;
import java.util.Map;

/**
 * The same learning rate in all steps, unless a callback sets another.
 *
 * @param learningRate at least 0 and finite
 */
public record ConstantRate(double learningRate) implements LearningRateSchedule {
    /** @throws CoveyException a caller's error when the learning rate is negative or not finite */
    public ConstantRate {
        if (!(learningRate >= 0 && learningRate <= Float.MAX_VALUE)) {
            throw CoveyException.caller("learning_rate is " + learningRate + ", it must be at least 0 and finite");
        }
    }

    @Override
    public String className() {
        return "ConstantRate";
    }

    @Override
    public float at(long step) {
        return (float) learningRate;
    }

    @Override
    public double initialLearningRate() {
        return learningRate;
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("learning_rate", learningRate);
    }
}
