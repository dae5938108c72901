package io.covey.trainer.checkpoint;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.core.Flatten;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.TrainingState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A small model's parameters and one slot, which differ in every step and can be saved and found again. */
final class TestRun implements AutoCloseable {
    static final List<String> SLOTS = List.of("momentum");

    static final Model MODEL = Model.sequential(
            "sequential",
            List.of(5, 4),
            List.of(new Flatten(), new Dense(7, Activation.RELU), new Dense(3, Activation.SOFTMAX)));
    static final ParameterLayout LAYOUT = MODEL.layout();

    private final NativeFloats values = NativeFloats.allocate(LAYOUT.length());
    private final NativeFloats slot = NativeFloats.allocate(LAYOUT.length());

    /** The vectors as they are after {@code step}; their gaps are zero. */
    void at(long step) {
        for (ParameterSpec parameter : LAYOUT.parameters()) {
            float[] elements = new float[(int) parameter.size()];
            float[] slotElements = new float[elements.length];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = step + (parameter.offset() + i) / 1024f;
                slotElements[i] = -elements[i];
            }
            values.put(parameter.offset(), elements);
            slot.put(parameter.offset(), slotElements);
        }
    }

    TrainingState state(long step) {
        return new TrainingState(
                step,
                3,
                MetricState.of(1.5, Double.NaN, 0.1),
                42,
                "configuration",
                WeightsHash.sha256(LAYOUT, values),
                Map.of("EarlyStopping", Map.of("wait", "2")),
                Map.of("loss", List.of(0.7, 0.5)),
                Map.of("covey", "0.1.0"));
    }

    /** Saves {@code step} with {@code shards} server shards and tells the directory. */
    void save(FileStore store, CheckpointDirectory directory, String prefix, long step, int shards) {
        at(step);
        CheckpointParts parts = new CheckpointParts(store, prefix, "attempt" + step, shards);
        for (ShardRange range : LAYOUT.cut(shards)) {
            parts.writePart(LAYOUT, range, of(values, range), SLOTS, new NativeFloats[] {of(slot, range)});
        }
        parts.commit(LAYOUT, SLOTS, state(step));
        directory.committed(prefix);
    }

    /** The same under the directory's next prefix, which is returned. */
    String save(FileStore store, CheckpointDirectory directory, long step, int shards) {
        String prefix = directory.nextPrefix();
        save(store, directory, prefix, step, shards);
        return prefix;
    }

    /** Saves {@code step} as one process does that has all of it. */
    void saveAtOnce(FileStore store, String prefix, long step) {
        at(step);
        new CheckpointParts(store, prefix, "local", 1).write(LAYOUT, values, SLOTS, List.of(slot), state(step));
    }

    static NativeFloats of(NativeFloats vector, ShardRange range) {
        return vector.slice(range.offset(), range.length());
    }

    /** Reads {@code prefix} onto {@code shards} shards and compares it with what {@code step} was, bit by bit. */
    void expect(CheckpointDirectory directory, String prefix, long step, int shards) {
        at(step);
        List<Float> read = new ArrayList<>();
        List<Float> readSlot = new ArrayList<>();
        for (ShardRange range : LAYOUT.cut(shards)) {
            try (NativeFloats target = NativeFloats.allocate(range.length());
                    NativeFloats slotTarget = NativeFloats.allocate(range.length())) {
                directory.readRange(prefix, LAYOUT, SLOTS, range, target, new NativeFloats[] {slotTarget});
                addAll(read, target);
                addAll(readSlot, slotTarget);
            }
        }
        assertEquals(list(values), read);
        assertEquals(list(slot), readSlot);
        assertEquals(state(step).weightsSha256(), directory.readState(prefix).weightsSha256());
        assertEquals(step, directory.readState(prefix).step());
    }

    private static List<Float> list(NativeFloats vector) {
        List<Float> list = new ArrayList<>();
        addAll(list, vector);
        return list;
    }

    private static void addAll(List<Float> list, NativeFloats vector) {
        for (float value : vector.get(0, (int) vector.length())) {
            list.add(value);
        }
    }

    @Override
    public void close() {
        values.close();
        slot.close();
    }
}
