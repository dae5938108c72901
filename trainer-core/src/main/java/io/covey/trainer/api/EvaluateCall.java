package io.covey.trainer.api;

import io.covey.trainer.data.DataPlan;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.LanePlan;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingVariables;
import io.covey.trainer.training.VirtualShard;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** A call of {@code evaluate}: a model, its objective and its weights. */
record EvaluateCall(Model model, CompileOptions compile, Optimizer optimizer, long seed, TrainingVariables variables) {
    /** Loss and metrics of data with targets, sorted by name. */
    SortedMap<String, Double> run(Dataset data, InferenceArguments arguments) {
        int batchSize = arguments.batchSize();
        LanePlan lanes = LanePlan.inProcess(model, compile, Runtime.getRuntime().availableProcessors(), batchSize);
        DataPlan plan = new DataPlan(data.rows(), batchSize, lanes.virtualShards(), false, 0);
        TrainingSpec spec = new TrainingSpec(model, compile, optimizer, (float) data.scale(), plan, null, null, seed);
        List<VirtualShard> shards = new ArrayList<>();
        for (int v = 0; v < lanes.virtualShards(); v++) {
            shards.add(new VirtualShard(v, FitCall.part(plan, data, v), null, null));
        }
        try (LocalTrainingBackend backend =
                new LocalTrainingBackend(spec, shards, lanes, variables, EvaluateCall::refuseCheckpoint)) {
            return new TrainingLoop(backend, spec, FitOptions.of(1, null), arguments.callbacks())
                    .evaluate(DataSplit.TRAIN);
        }
    }

    private static void refuseCheckpoint(
            String prefix, Object state, NativeFloats parameters, List<NativeFloats> slots) {
        throw new IllegalStateException("nobody asks for checkpoint " + prefix);
    }
}
