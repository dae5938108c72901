package io.covey.server.coordinator;

import io.covey.server.control.Command;
import io.covey.server.control.FloatsCodec;
import io.covey.server.control.WorkerMessage;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingVariables;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Copies of what the server shards hold, which their hosts send part by part. Used by the loop's thread, between passes. */
final class ShardVariables {
    private final TrainingSpec spec;
    private final ElasticSteps steps;

    ShardVariables(TrainingSpec spec, ElasticSteps steps) {
        this.spec = spec;
        this.steps = steps;
    }

    /** A copy of the exact weights; the caller closes it. */
    NativeFloats copyWeights() {
        return copy(Command.ReadVariables.PARAMETERS, "reading the weights");
    }

    /** Copies of the exact weights and of the slots; the caller closes them. */
    TrainingVariables copyAll() {
        NativeFloats weights = copyWeights();
        List<NativeFloats> slots = new ArrayList<>();
        try {
            for (String slot : spec.optimizer().slots()) {
                slots.add(copy(slots.size(), "reading the optimizer's slot " + slot));
            }
            return new TrainingVariables(weights, slots);
        } catch (RuntimeException e) {
            weights.close();
            slots.forEach(NativeFloats::close);
            throw e;
        }
    }

    private NativeFloats copy(int vector, String name) {
        NativeFloats copy = NativeFloats.allocate(spec.model().layout().length());
        try {
            for (ShardRange shard : steps.shards(steps.settle())) {
                for (long from = shard.offset(); from < shard.end(); from += FloatsCodec.MAX_FLOATS) {
                    long offset = from;
                    int length = (int) Math.min(FloatsCodec.MAX_FLOATS, shard.end() - from);
                    FloatBuffer values = steps.ask(
                                    name,
                                    members -> List.of(ElasticSteps.host(members, shard.shard())),
                                    n -> new Command.ReadVariables(n, vector, offset, length),
                                    WorkerMessage.VariablesPart.class)
                            .get(0)
                            .values();
                    copy.buffer(from, length).put(values);
                }
            }
            return copy;
        } catch (RuntimeException e) {
            copy.close();
            throw e;
        }
    }
}
