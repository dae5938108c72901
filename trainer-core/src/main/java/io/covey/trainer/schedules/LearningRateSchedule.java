package io.covey.trainer.schedules;

import io.covey.trainer.CoveyException;
import java.io.Serializable;
import java.util.Map;

/**
 * The learning rate as a function of the step. Immutable; evaluated in float32, operation by operation as Keras does, and in
 * the same way on every machine.
 */
public sealed interface LearningRateSchedule extends Serializable
        permits ConstantRate,
                ExponentialDecay,
                CosineDecay,
                CosineDecayRestarts,
                PiecewiseConstantDecay,
                PolynomialDecay,
                InverseTimeDecay,
                LinearScalingWarmup {
    /** Keras' class name. */
    String className();

    /** The learning rate of {@code step}, counted from 0 over all epochs. */
    float at(long step);

    /** The learning rate that training starts with, as it was given. */
    double initialLearningRate();

    /** The arguments under Keras' names, in Keras' order. */
    Map<String, Object> config();

    /** Refuses a number of steps that is not positive. */
    static void requireSteps(String name, double steps) {
        if (!(steps > 0)) {
            throw CoveyException.caller(name + " is " + steps + ", it must be above 0");
        }
    }

    /** {@code base} to the power of {@code exponent}, rounded to float32. */
    static float power(float base, float exponent) {
        return (float) StrictMath.pow(base, exponent);
    }
}
