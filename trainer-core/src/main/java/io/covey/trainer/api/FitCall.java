package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.callbacks.ProgbarLogger;
import io.covey.trainer.callbacks.Semantics;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.training.BundleSink;
import io.covey.trainer.training.FitOptions;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.LanePlan;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.SampleChecks;
import io.covey.trainer.training.TrainingCluster;
import io.covey.trainer.training.TrainingLoop;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingVariables;
import io.covey.trainer.training.VirtualShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One call of {@link KerasModel#fit}, prepared: the data sets cut and dealt as the arguments say.
 *
 * @param spec what is trained
 * @param shards all virtual shards
 * @param lanes how this process would train it
 * @param options of the training loop
 * @param callbacks the caller's and the progress bar
 * @param cluster where it is trained; null for this process
 */
record FitCall(
        TrainingSpec spec,
        List<VirtualShard> shards,
        LanePlan lanes,
        FitOptions options,
        List<Callback> callbacks,
        TrainingCluster cluster) {
    /**
     * Prepares a call.
     *
     * @param order number that gives the call an order of samples of its own
     */
    static FitCall of(
            Model model,
            CompileOptions compile,
            Optimizer optimizer,
            long seed,
            long order,
            Dataset data,
            FitArguments arguments) {
        Dataset train = data;
        Dataset validation = arguments.validationData();
        data.shapes().require(model, compile);
        if (validation == null && arguments.validationSplit() > 0) {
            int cut = (int) Math.floor(data.rows() * (1 - arguments.validationSplit()));
            if (cut == 0 || cut == data.rows()) {
                throw CoveyException.caller("validation_split " + arguments.validationSplit() + " of " + data.rows()
                        + " rows leaves no rows for " + (cut == 0 ? "training" : "the validation"));
            }
            train = data.range(0, cut);
            validation = data.range(cut, data.rows());
        }
        if (validation != null) {
            validation.shapes().require(model, compile);
        }
        if (validation != null && validation.scale() != train.scale()) {
            throw CoveyException.caller("the validation data have scale " + validation.scale() + ", the training data "
                    + train.scale() + ": both must have the same");
        }
        if (validation != null && arguments.validationSteps() > 0) {
            long asked = (long) arguments.validationSteps() * arguments.validationBatchSize();
            validation = validation.take((int) Math.min(validation.rows(), asked));
        }
        int batch = arguments.batchSize();
        int smallest = validation == null ? batch : Math.min(batch, arguments.validationBatchSize());
        LanePlan lanes = arguments.cluster() == null
                ? LanePlan.inProcess(model, compile, arguments.threads(), smallest)
                : LanePlan.onCluster(arguments.cluster(), model, smallest);
        int shards = lanes.virtualShards();
        DataPlan trainPlan = new DataPlan(train.rows(), batch, shards, arguments.shuffle(), order);
        DataPlan validationPlan = validation == null
                ? null
                : new DataPlan(validation.rows(), arguments.validationBatchSize(), shards, false, order);
        TrainingSpec spec = new TrainingSpec(
                model,
                compile.withClassWeights(arguments.classWeight()),
                optimizer,
                (float) train.scale(),
                trainPlan,
                validationPlan,
                null,
                seed);
        FitOptions options = FitOptions.of(arguments.epochs(), null)
                .initialEpoch(arguments.initialEpoch())
                .stepsPerEpoch(arguments.stepsPerEpoch())
                .semantics(arguments.semantics())
                .validationFreq(arguments.validationFreq())
                .validationSteps(arguments.validationSteps())
                .failOnNonFiniteLoss(arguments.failOnNonFiniteLoss())
                .moreLogs(
                        arguments.cluster() == null
                                ? Set.of()
                                : arguments.cluster().logNames());
        return new FitCall(
                spec,
                deal(trainPlan, train, validationPlan, validation),
                lanes,
                options,
                callbacks(arguments),
                arguments.cluster());
    }

    /**
     * Trains.
     *
     * @param variables that training goes on from, and that hold the result
     * @param iterations steps that the optimizer has done before
     * @param learningRate in force where the optimizer has no schedule
     * @param position hears of the steps that {@code variables} have done
     */
    FitResult run(TrainingVariables variables, long iterations, float learningRate, Position position) {
        FitOptions going = options.iterations(iterations).learningRate(learningRate);
        return cluster == null ? runHere(variables, going, position) : runThere(variables, going);
    }

    private FitResult runHere(TrainingVariables variables, FitOptions going, Position position) {
        List<Callback> heard = new ArrayList<>(callbacks);
        heard.add(0, position);
        BundleSink sink = new BundleSink(new LocalFileStore(), spec);
        try (LocalTrainingBackend backend = new LocalTrainingBackend(spec, shards, lanes, variables, sink)) {
            return new TrainingLoop(backend, spec, going, heard).fit();
        }
    }

    private FitResult runThere(TrainingVariables variables, FitOptions going) {
        TrainingLoop.check(spec, going, callbacks);
        shards.forEach(shard -> SampleChecks.check(spec, shard));
        try (TrainingCluster.Session session = cluster.start(spec, shards, variables, going.iterations())) {
            FitOptions saving = going.checkpoints(session.checkpoints());
            FitResult result = new TrainingLoop(session.backend(), spec, saving, callbacks).fit();
            if (result.checkpointPrefix() != null) {
                session.read(result.checkpointPrefix(), variables);
            }
            return result;
        }
    }

    private static List<VirtualShard> deal(
            DataPlan trainPlan, Dataset train, DataPlan validationPlan, Dataset validation) {
        return IntStream.range(0, trainPlan.virtualShards())
                .mapToObj(v -> new VirtualShard(
                        v,
                        part(trainPlan, train, v),
                        validation == null ? null : part(validationPlan, validation, v),
                        null))
                .toList();
    }

    /** The rows of a virtual shard; a lone one that takes them in order needs no copy. */
    static SampleBlock part(DataPlan plan, Dataset data, int shard) {
        return plan.virtualShards() == 1 && !plan.shuffle()
                ? data.block()
                : data.block().select(plan.rowsOf(shard));
    }

    private static List<Callback> callbacks(FitArguments arguments) {
        List<Callback> callbacks = new ArrayList<>(arguments.callbacks());
        if (arguments.verbose() > 0 && callbacks.stream().noneMatch(ProgbarLogger.class::isInstance)) {
            // Keras 2 puts it in front, where it does not see what other callbacks add to the logs.
            int place = arguments.semantics() == Semantics.KERAS2 ? 0 : callbacks.size();
            callbacks.add(
                    place,
                    Callbacks.progbarLogger().verbose(arguments.verbose()).semantics(arguments.semantics()));
        }
        return callbacks;
    }
}
