package io.covey.trainer.optimizer;

import io.covey.trainer.schedules.ConstantRate;
import io.covey.trainer.schedules.LearningRateSchedule;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * The settings of an optimizer: immutable, with Keras' names and defaults. {@link RangeUpdater} makes of it what computes.
 */
public sealed interface Optimizer extends Serializable
        permits Sgd, Adam, AdamW, RmsProp, Adagrad, Adadelta, Nadam, Adamax, Ftrl, Lion, Lamb, Adafactor {
    /** Keras' lower-case name, for example {@code sgd}. */
    String name();

    /** The learning rate: plain, or a schedule. */
    LearningRateSchedule schedule();

    /** What all optimizers have in common. */
    OptimizerOptions options();

    /** The same optimizer with other common options. */
    Optimizer with(OptimizerOptions options);

    /** The learning rate that training starts with. */
    default double learningRate() {
        return schedule().initialLearningRate();
    }

    /** Whether the learning rate follows a schedule, so that callbacks cannot set it. */
    default boolean hasSchedule() {
        return !(schedule() instanceof ConstantRate);
    }

    /**
     * The learning rate of one step.
     *
     * @param step the step, from 0 over all epochs
     * @param plainRate the rate in force where there is no schedule
     */
    default float learningRateAt(long step, float plainRate) {
        float rate = hasSchedule() ? schedule().at(step) : plainRate;
        float decay = (float) options().decay();
        return decay == 0 ? rate : rate / (1f + decay * step);
    }

    /** Names of this optimizer's own slots, each a vector of the parameters' shape: Keras 2's names. */
    List<String> ownSlots();

    /** Names of all slots: the optimizer's own, then those that the common options need. */
    default List<String> slots() {
        return options().withSlots(ownSlots());
    }

    /** What a slot holds before the first step. */
    default float initialValue(String slot) {
        return 0;
    }

    /** The arguments under Keras' names, as {@link Optimizers#of} reads them. */
    Map<String, Object> config();

    /** The formula, for one thread. */
    ElementRule newRule();
}
