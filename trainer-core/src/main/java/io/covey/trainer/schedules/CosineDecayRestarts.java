package io.covey.trainer.schedules;

import io.covey.trainer.config.Arguments;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Cosine decays one after the other (Loshchilov and Hutter: SGDR, ICLR 2017).
 *
 * @param firstDecaySteps length of the first, above 0
 * @param tMul length of each as a multiple of the one before
 * @param mMul initial rate of each as a multiple of the one before
 * @param alpha the least rate as a share of the initial one
 */
public record CosineDecayRestarts(
        double initialLearningRate, double firstDecaySteps, double tMul, double mMul, double alpha)
        implements LearningRateSchedule {
    /** @throws io.covey.trainer.CoveyException a caller's error when {@code first_decay_steps} is not positive */
    public CosineDecayRestarts {
        LearningRateSchedule.requireSteps("first_decay_steps", firstDecaySteps);
    }

    static CosineDecayRestarts of(Arguments arguments) {
        return new CosineDecayRestarts(
                arguments.real("initial_learning_rate"),
                arguments.real("first_decay_steps"),
                arguments.real("t_mul", 2.0),
                arguments.real("m_mul", 1.0),
                arguments.real("alpha", 0.0));
    }

    @Override
    public String className() {
        return "CosineDecayRestarts";
    }

    @Override
    public float at(long step) {
        float factor = (float) tMul;
        float fraction = (float) step / (float) firstDecaySteps;
        float restarts;
        if (factor == 1f) {
            restarts = (float) Math.floor(fraction);
            fraction -= restarts;
        } else {
            float ratio = (float) StrictMath.log(1f - fraction * (1f - factor)) / (float) StrictMath.log(factor);
            restarts = (float) Math.floor(ratio);
            float length = LearningRateSchedule.power(factor, restarts);
            fraction = (fraction - (1f - length) / (1f - factor)) / length;
        }
        float scale = LearningRateSchedule.power((float) mMul, restarts);
        float cosine = (float) StrictMath.cos((float) Math.PI * fraction);
        return (float) initialLearningRate * ((1f - (float) alpha) * (0.5f * scale * (1f + cosine)) + (float) alpha);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("first_decay_steps", firstDecaySteps);
        config.put("t_mul", tMul);
        config.put("m_mul", mMul);
        config.put("alpha", alpha);
        return config;
    }
}
