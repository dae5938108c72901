package io.covey.trainer.callbacks;

import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Keras' LambdaCallback: hooks given as functions, with Keras 3's names. */
public final class LambdaCallback implements Callback {
    private Consumer<Training> onTrainBegin = training -> {};
    private Consumer<Map<String, Double>> onTrainEnd = logs -> {};
    private Consumer<Integer> onEpochBegin = epoch -> {};
    private BiConsumer<Integer, Map<String, Double>> onEpochEnd = (epoch, logs) -> {};
    private Consumer<Long> onTrainBatchBegin = batch -> {};
    private BiConsumer<Long, Map<String, Double>> onTrainBatchEnd = (batch, logs) -> {};
    private boolean hearsBatches;

    LambdaCallback() {}

    public LambdaCallback onTrainBegin(Consumer<Training> hook) {
        onTrainBegin = hook;
        return this;
    }

    public LambdaCallback onTrainEnd(Consumer<Map<String, Double>> hook) {
        onTrainEnd = hook;
        return this;
    }

    public LambdaCallback onEpochBegin(Consumer<Integer> hook) {
        onEpochBegin = hook;
        return this;
    }

    public LambdaCallback onEpochEnd(BiConsumer<Integer, Map<String, Double>> hook) {
        onEpochEnd = hook;
        return this;
    }

    /** Keras 2's {@code on_batch_begin}. */
    public LambdaCallback onTrainBatchBegin(Consumer<Long> hook) {
        onTrainBatchBegin = hook;
        hearsBatches = true;
        return this;
    }

    /** Keras 2's {@code on_batch_end}. */
    public LambdaCallback onTrainBatchEnd(BiConsumer<Long, Map<String, Double>> hook) {
        onTrainBatchEnd = hook;
        hearsBatches = true;
        return this;
    }

    @Override
    public boolean hearsBatches() {
        return hearsBatches;
    }

    @Override
    public void onTrainBegin(Training training) {
        onTrainBegin.accept(training);
    }

    @Override
    public void onTrainEnd(Map<String, Double> logs) {
        onTrainEnd.accept(logs);
    }

    @Override
    public void onEpochBegin(int epoch) {
        onEpochBegin.accept(epoch);
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        onEpochEnd.accept(epoch, logs);
    }

    @Override
    public void onTrainBatchBegin(long batch) {
        onTrainBatchBegin.accept(batch);
    }

    @Override
    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
        onTrainBatchEnd.accept(batch, logs);
    }
}
