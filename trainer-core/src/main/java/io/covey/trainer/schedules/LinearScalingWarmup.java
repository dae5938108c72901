package io.covey.trainer.schedules;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * For large global batches: the base rate is multiplied by {@code batch_size / base_batch_size}, and training gets there
 * from the base rate in equal increments over the first {@code warmup_steps} (Goyal et al.: Accurate, Large Minibatch SGD,
 * 2017, sections 2.1 and 2.2). Another schedule may go on from there.
 *
 * @param baseLearningRate the rate that suits {@code baseBatchSize}
 * @param baseBatchSize global batch size that the base rate was chosen for, at least 1
 * @param batchSize global batch size that is trained with, at least 1
 * @param warmupSteps steps until the scaled rate is reached, at least 0
 * @param after multiplies the scaled rate: its value at (step - warmup_steps) over its initial one; null for none
 */
public record LinearScalingWarmup(
        double baseLearningRate, long baseBatchSize, long batchSize, long warmupSteps, LearningRateSchedule after)
        implements LearningRateSchedule {
    /** @throws CoveyException a caller's error when a number is out of range */
    public LinearScalingWarmup {
        new ConstantRate(baseLearningRate);
        if (baseBatchSize < 1 || batchSize < 1) {
            throw CoveyException.caller("base_batch_size is " + baseBatchSize + " and batch_size " + batchSize
                    + ", both must be at least 1");
        }
        if (warmupSteps < 0) {
            throw CoveyException.caller("warmup_steps is " + warmupSteps + ", it must be at least 0");
        }
        if (after != null && !(after.initialLearningRate() > 0)) {
            throw CoveyException.caller("the schedule after the warm-up starts with " + after.initialLearningRate()
                    + ", it must start above 0: it is taken as a factor");
        }
    }

    static LinearScalingWarmup of(Arguments arguments) {
        return new LinearScalingWarmup(
                arguments.real("base_learning_rate"),
                arguments.whole("base_batch_size", 256),
                (long) arguments.real("batch_size"),
                arguments.whole("warmup_steps", 0),
                arguments.has("after") ? Schedules.of(arguments.raw("after")) : null);
    }

    @Override
    public String className() {
        return "LinearScalingWarmup";
    }

    @Override
    public double initialLearningRate() {
        return warmupSteps > 0 ? baseLearningRate : scaled();
    }

    private double scaled() {
        return baseLearningRate * batchSize / baseBatchSize;
    }

    @Override
    public float at(long step) {
        if (step < warmupSteps) {
            return (float) (baseLearningRate + (scaled() - baseLearningRate) * step / warmupSteps);
        }
        double factor = after == null ? 1 : after.at(step - warmupSteps) / (double) after.at(0);
        return (float) (scaled() * factor);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("base_learning_rate", baseLearningRate);
        config.put("base_batch_size", baseBatchSize);
        config.put("batch_size", batchSize);
        config.put("warmup_steps", warmupSteps);
        config.put("after", after == null ? null : Schedules.toConfig(after));
        return config;
    }
}
