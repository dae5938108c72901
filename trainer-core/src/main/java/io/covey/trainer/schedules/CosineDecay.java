package io.covey.trainer.schedules;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Half a cosine from the initial rate down to {@code alpha} times it, after a linear warm-up if there is a target for it
 * (Loshchilov and Hutter: SGDR, ICLR 2017).
 *
 * @param decaySteps above 0, without the warm-up
 * @param alpha the least rate as a share of the one that the decay starts with
 * @param warmupTarget rate after the warm-up, null for no warm-up
 * @param warmupSteps steps from the initial rate to the target
 */
public record CosineDecay(
        double initialLearningRate, double decaySteps, double alpha, Double warmupTarget, long warmupSteps)
        implements LearningRateSchedule {
    /** @throws CoveyException a caller's error when a number of steps is out of range */
    public CosineDecay {
        LearningRateSchedule.requireSteps("decay_steps", decaySteps);
        if (warmupSteps < 0) {
            throw CoveyException.caller("warmup_steps is " + warmupSteps + ", it must be at least 0");
        }
    }

    static CosineDecay of(Arguments arguments) {
        return new CosineDecay(
                arguments.real("initial_learning_rate"),
                arguments.real("decay_steps"),
                arguments.real("alpha", 0.0),
                arguments.optionalReal("warmup_target", null),
                arguments.whole("warmup_steps", 0));
    }

    @Override
    public String className() {
        return "CosineDecay";
    }

    @Override
    public float at(long step) {
        float decay = (float) decaySteps;
        float initial = (float) initialLearningRate;
        if (warmupTarget == null) {
            return decayed(Math.min((float) step, decay), initial);
        }
        float target = warmupTarget.floatValue();
        float warmup = (float) warmupSteps;
        float now = Math.min((float) step, decay + warmup);
        return now < warmup ? (target - initial) * (now / warmup) + initial : decayed(now - warmup, target);
    }

    private float decayed(float step, float from) {
        float fraction = step / (float) decaySteps;
        float cosine = (float) StrictMath.cos((float) Math.PI * fraction);
        return from * ((float) (1 - alpha) * (0.5f * (1f + cosine)) + (float) alpha);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("decay_steps", decaySteps);
        config.put("alpha", alpha);
        config.put("warmup_target", warmupTarget);
        config.put("warmup_steps", warmupSteps);
        return config;
    }
}
