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
import io.covey.trainer.training.SampleChecks;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingCluster;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingVariables;
import io.covey.trainer.training.VirtualShard;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * One call of {@link KerasModel#evaluate}, prepared: the data set is dealt in order, as if to train it.
 *
 * @param spec what is evaluated
 * @param shards all virtual shards
 * @param lanes how this process would evaluate it
 * @param arguments the caller's
 */
record EvaluateCall(TrainingSpec spec, List<VirtualShard> shards, LanePlan lanes, InferenceArguments arguments) {
    static EvaluateCall of(
            Model model,
            CompileOptions compile,
            Optimizer optimizer,
            long seed,
            Dataset all,
            InferenceArguments arguments) {
        all.shapes().require(model, compile);
        Dataset data = arguments.of(all);
        int batchSize = arguments.batchSize();
        LanePlan lanes = arguments.cluster() == null
                ? LanePlan.inProcess(model, compile, Runtime.getRuntime().availableProcessors(), batchSize)
                : LanePlan.onCluster(arguments.cluster(), model, batchSize);
        DataPlan plan = new DataPlan(data.rows(), batchSize, lanes.virtualShards(), false, 0);
        TrainingSpec spec = new TrainingSpec(model, compile, optimizer, (float) data.scale(), plan, null, null, seed);
        List<VirtualShard> shards = IntStream.range(0, lanes.virtualShards())
                .mapToObj(v -> new VirtualShard(v, FitCall.part(plan, data, v), null, null))
                .toList();
        return new EvaluateCall(spec, shards, lanes, arguments);
    }

    /**
     * Evaluates, in this process or on the arguments' cluster.
     *
     * @param variables are not changed
     * @param iterations steps that the optimizer has done
     */
    SortedMap<String, Double> run(TrainingVariables variables, long iterations) {
        TrainingCluster cluster = arguments.cluster();
        if (cluster == null) {
            try (LocalTrainingBackend backend =
                    new LocalTrainingBackend(spec, shards, lanes, variables, EvaluateCall::refuseCheckpoint)) {
                return evaluate(backend);
            }
        }
        shards.forEach(shard -> SampleChecks.check(spec, shard));
        try (TrainingCluster.Session session = cluster.start(spec, shards, variables, iterations)) {
            return evaluate(session.backend());
        }
    }

    private SortedMap<String, Double> evaluate(TrainingBackend backend) {
        FitOptions options = FitOptions.of(1, null).validationSteps(arguments.steps());
        return new TrainingLoop(backend, spec, options, arguments.callbacks()).evaluate(DataSplit.TRAIN);
    }

    private static void refuseCheckpoint(
            String prefix, Object state, NativeFloats parameters, List<NativeFloats> slots) {
        throw new IllegalStateException("nobody asks for checkpoint " + prefix);
    }
}
