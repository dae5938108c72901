package io.covey.spark.job;

import io.covey.trainer.training.ValidationFreq;
import java.util.List;

/** Keras' {@code validation_freq}: a number n for every n-th epoch, or a list of epochs. */
record ValidationFreqType() implements Type<ValidationFreq> {
    private static final ScalarType<Integer> EVERY = ScalarTypes.integer(1);
    private static final ListType<Integer> EPOCHS = new ListType<>(EVERY, 1, "[1, 2, 10]");

    @Override
    public String label() {
        return EVERY.label() + " or list of them";
    }

    @Override
    public ValidationFreq read(YamlNode node, String path, Reading reading) {
        if (node instanceof YamlNode.Sequence) {
            List<Integer> epochs = EPOCHS.read(node, path, reading);
            return epochs == null ? null : ValidationFreq.at(epochs);
        }
        Integer every = EVERY.read(node, path, reading);
        return every == null ? null : ValidationFreq.every(every);
    }

    @Override
    public Object write(ValidationFreq value, Form form) {
        return value.epochs().isEmpty() ? value.every() : value.epochs();
    }
}
