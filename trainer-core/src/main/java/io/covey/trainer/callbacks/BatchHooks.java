package io.covey.trainer.callbacks;

import java.util.Arrays;
import java.util.Set;

/** Finds out whether a class of callbacks needs to be called in every step. */
final class BatchHooks {
    private static final Set<String> NAMES = Set.of(
            "onTrainBatchBegin",
            "onTrainBatchEnd",
            "onTestBatchBegin",
            "onTestBatchEnd",
            "onPredictBatchBegin",
            "onPredictBatchEnd");

    private BatchHooks() {}

    static boolean overriddenBy(Class<? extends Callback> type) {
        return Arrays.stream(type.getMethods())
                .anyMatch(method -> NAMES.contains(method.getName()) && method.getDeclaringClass() != Callback.class);
    }
}
