package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.SnapshotPool;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.objective.MetricState;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Trains in this process: all virtual shards on the lanes of one {@link LaneStepRunner}. */
public final class LocalTrainingBackend implements TrainingBackend {
    private static final long CLOSE_TIMEOUT_S = TimeUnit.MINUTES.toSeconds(10);

    private final TrainingSpec spec;
    private final CheckpointSink checkpoints;
    private final TrainingVariables variables;
    private final boolean ownsVariables;
    private final LaneStepRunner runner;
    private final LocalGradientExchange exchange;
    private final MetricState stepMetrics;
    private final VectorKernels kernels = new VectorKernels();
    private final SnapshotPool snapshots = new SnapshotPool();
    private final ExecutorService background = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "covey-checkpoint");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean stopRequested;

    /**
     * A backend whose parameters have the model's first values.
     *
     * @param spec the job
     * @param shards all virtual shards with their data
     * @param lanes number of threads, the calling thread included
     * @param checkpoints writes checkpoints
     * @throws CoveyException a caller's error when shards are missing, their data does not fit, or the model cannot be
     *     trained with the loss
     */
    public LocalTrainingBackend(TrainingSpec spec, List<VirtualShard> shards, int lanes, CheckpointSink checkpoints) {
        this(spec, shards, lanes, 1, checkpoints);
    }

    /** The same with several threads for each lane, see {@link LanePlan}. */
    public LocalTrainingBackend(
            TrainingSpec spec, List<VirtualShard> shards, int lanes, int threadsPerLane, CheckpointSink checkpoints) {
        this(
                spec,
                shards,
                lanes,
                threadsPerLane,
                TrainingVariables.initial(spec.model(), spec.optimizer(), spec.seed()),
                true,
                checkpoints);
    }

    /**
     * A backend that trains variables of the caller's in place.
     *
     * @param plan for as many virtual shards as the job has
     */
    public LocalTrainingBackend(
            TrainingSpec spec,
            List<VirtualShard> shards,
            LanePlan plan,
            TrainingVariables variables,
            CheckpointSink checkpoints) {
        this(spec, shards, plan.virtualShards(), plan.threadsPerLane(), variables, false, checkpoints);
    }

    private LocalTrainingBackend(
            TrainingSpec spec,
            List<VirtualShard> shards,
            int lanes,
            int threadsPerLane,
            TrainingVariables variables,
            boolean ownsVariables,
            CheckpointSink checkpoints) {
        if (shards.size() != spec.virtualShards()) {
            throw CoveyException.caller(
                    "the job has " + spec.virtualShards() + " virtual shards, given are " + shards.size());
        }
        if (spec.wire().encodes()) {
            throw CoveyException.caller("the wire formats are " + spec.wire()
                    + ", but training in this process sends nothing: leave them out, or train on a cluster");
        }
        this.spec = spec;
        this.checkpoints = checkpoints;
        this.runner = new LaneStepRunner(spec, shards, lanes, threadsPerLane, variables.states());
        this.exchange = lanes == 1
                ? new LocalGradientExchange(spec, threadsPerLane, variables)
                : new LocalGradientExchange(spec, runner.lanes(), variables);
        this.variables = variables;
        this.ownsVariables = ownsVariables;
        this.stepMetrics = MetricState.zero(spec.metrics().stateLength());
    }

    /** The flat parameter vector; may be overwritten while no method runs. */
    public NativeFloats parameters() {
        return exchange.parameters();
    }

    /** The optimizer's slots in the order of their names; may be overwritten while no method runs. */
    public List<NativeFloats> slots() {
        return exchange.slots();
    }

    @Override
    public long steps(DataSplit split) {
        DataPlan plan = spec.plan(split);
        return plan == null ? 0 : plan.stepsPerEpoch();
    }

    @Override
    public long rows(DataSplit split) {
        DataPlan plan = spec.plan(split);
        return plan == null ? 0 : plan.rows();
    }

    @Override
    public long train(EpochPlan plan, StepListener listener) {
        long end = runner.train(plan, exchange, stepwise(listener), () -> stopRequested);
        stopRequested = false;
        return end;
    }

    @Override
    public void evaluate(DataSplit split, StepListener listener) {
        runner.evaluate(split, exchange, stepwise(listener));
    }

    /** Adds the leaves of each step, which come in ascending order, and passes the sum on after the last. */
    private LeafListener stepwise(StepListener listener) {
        int lastLeaf = spec.virtualShards() - 1;
        return (stepInPass, leaf, metrics) -> {
            if (leaf == 0) {
                stepMetrics.reset();
            }
            stepMetrics.add(metrics);
            if (leaf == lastLeaf) {
                listener.onStep(stepInPass, stepMetrics);
            }
        };
    }

    @Override
    public String weightsSha256() {
        return WeightsHash.sha256(spec.model().layout(), exchange.parameters());
    }

    @Override
    public CompletableFuture<Void> checkpoint(String checkpointPrefix, TrainingState state) {
        NativeFloats parameters = snapshots.copyOf(exchange.parameters());
        List<NativeFloats> slots =
                exchange.slots().stream().map(snapshots::copyOf).toList();
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        checkpoints.write(checkpointPrefix, state, parameters, slots);
                    } catch (IOException e) {
                        throw CoveyException.failure("checkpoint " + checkpointPrefix + " cannot be written: " + e, e);
                    } finally {
                        snapshots.release(parameters);
                        slots.forEach(snapshots::release);
                    }
                },
                background);
    }

    @Override
    public void restore(CheckpointDirectory directory, String checkpointPrefix) {
        ParameterLayout layout = spec.model().layout();
        directory.readRange(
                checkpointPrefix,
                layout,
                spec.optimizer().slots(),
                layout.cut(1).get(0),
                exchange.parameters(),
                exchange.slots().toArray(NativeFloats[]::new));
    }

    @Override
    public String layerStates() {
        return variables.states().encode();
    }

    @Override
    public void setLayerStates(String states) {
        variables.states().decode(states);
    }

    @Override
    public NativeFloats copyWeights() {
        return copy(exchange.parameters());
    }

    @Override
    public TrainingVariables copyVariables() {
        return new TrainingVariables(
                copyWeights(), exchange.slots().stream().map(this::copy).toList());
    }

    private NativeFloats copy(NativeFloats source) {
        NativeFloats copy = NativeFloats.allocate(source.length());
        kernels.copy(copy.address(), source.address(), source.length());
        return copy;
    }

    @Override
    public void setWeights(NativeFloats weights) {
        kernels.copy(exchange.parameters().address(), weights.address(), weights.length());
    }

    @Override
    public void overwriteWithAverages() {
        exchange.overwriteWithAverages();
    }

    /** A request that comes between two runs ends the next one after its first step. */
    @Override
    public void requestStop() {
        stopRequested = true;
    }

    /** Waits for checkpoints under way, ends the lanes and frees the native memory. */
    @Override
    public void close() {
        background.shutdown();
        boolean written = false;
        try {
            written = background.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        snapshots.close();
        runner.close();
        exchange.close();
        if (ownsVariables) {
            variables.close();
        }
        if (!written) {
            throw CoveyException.failure("a checkpoint was still being written when the run was closed, after up to "
                    + CLOSE_TIMEOUT_S + " s");
        }
    }
}
