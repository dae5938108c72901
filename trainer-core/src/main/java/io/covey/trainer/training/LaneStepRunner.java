package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.engine.BackwardListener;
import io.covey.trainer.engine.Program;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.objective.MetricState;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Runs the {@link MicroBatches} of the owned virtual shards, shards side by side on lanes, each by default a thread with
 * single-threaded operations, and adds their gradients along the {@link ReductionTree}: the bits do not depend on the number of lanes. A step allocates
 * nothing on the heap once each size of micro-batch has been seen.
 */
public final class LaneStepRunner implements StepRunner {
    private static final int ZEROS = 16 * 1024;

    private final TrainingSpec spec;
    private final MicroBatches microBatches;
    private final List<VirtualShard> shards;
    private final LayerStates states;
    private final int threadsPerLane;
    private final Lanes lanes;
    private final GradientPlan plan;
    private final NativeFloats[] buffers;
    private final NativeFloats zeros = NativeFloats.allocate(ZEROS);
    private final LanePrograms[] programs;
    private final GradientPush push;
    private final BackwardListener whileBackward;
    private final VectorKernels[] kernels;
    private final MetricState[] metrics;
    private final DataPlan.EpochOrder[] orders;
    private final long vectorLength;
    private final Lanes.Task trainLeaves = this::trainLeaves;
    private final Lanes.Task addAcrossLanes = this::addAcrossLanes;
    private final Lanes.Task evaluateLeaves = this::evaluateLeaves;

    // What the lanes work on; written by the calling thread between their tasks.
    private DataSplit split;
    private long globalStep;
    private long stepInPass;
    private long parametersAddress;

    /**
     * A runner for the virtual shards that this worker owns.
     *
     * @param spec the job
     * @param shards the owned virtual shards with their data
     * @param lanes number of threads, the calling thread included; more than there are shards are not used
     * @throws CoveyException a caller's error when the model cannot be trained with the loss or a shard's data does not fit
     */
    public LaneStepRunner(TrainingSpec spec, List<VirtualShard> shards, int lanes) {
        this(spec, shards, lanes, 1);
    }

    /** A runner whose lanes may have several threads each; their number decides the bits of the result. */
    public LaneStepRunner(TrainingSpec spec, List<VirtualShard> shards, int lanes, int threadsPerLane) {
        this(spec, shards, lanes, threadsPerLane, LayerStates.NONE);
    }

    /**
     * A runner that knows the states of stateful layers.
     *
     * @param lanes number of lanes, the calling thread's included; more than there are shards are not used
     * @param threadsPerLane threads of the operations on one micro-batch, at least 1
     * @param states which every micro-batch, in training or not, changes in its own rows
     */
    LaneStepRunner(TrainingSpec spec, List<VirtualShard> shards, int lanes, int threadsPerLane, LayerStates states) {
        this.spec = spec;
        this.states = states;
        this.microBatches = MicroBatches.of(spec.model(), spec.compile());
        this.threadsPerLane = threadsPerLane;
        this.shards = shards.stream()
                .sorted(Comparator.comparingInt(VirtualShard::index))
                .toList();
        this.shards.forEach(shard -> SampleChecks.check(spec, shard));
        if (lanes < 1 || threadsPerLane < 1) {
            throw CoveyException.caller(
                    "lanes is " + lanes + " and threads per lane " + threadsPerLane + ", both must be at least 1");
        }
        int laneCount = Math.max(1, Math.min(lanes, shards.size()));
        ReductionTree tree = ReductionTree.of(spec.virtualShards());
        List<Integer> owned = this.shards.stream().map(VirtualShard::index).toList();
        plan = spec.wire().encodesGradients()
                ? GradientPlan.ofLeaves(tree, owned, laneCount)
                : GradientPlan.of(tree, owned, laneCount, !isCut());
        vectorLength = spec.model().layout().length();
        buffers = IntStream.range(0, plan.buffers())
                .mapToObj(i -> NativeFloats.allocate(vectorLength))
                .toArray(NativeFloats[]::new);
        programs = IntStream.range(0, laneCount)
                .mapToObj(i -> new LanePrograms(spec))
                .toArray(LanePrograms[]::new);
        kernels =
                IntStream.range(0, laneCount).mapToObj(i -> new VectorKernels()).toArray(VectorKernels[]::new);
        metrics = this.shards.stream()
                .map(shard -> MetricState.zero(spec.metrics().stateLength()))
                .toArray(MetricState[]::new);
        push = new GradientPush(plan, buffers, metrics);
        whileBackward = push::doneFrom;
        orders = new DataPlan.EpochOrder[this.shards.size()];
        this.lanes = new Lanes(laneCount, threadsPerLane);
    }

    /** Whether any virtual shard's rows are more than one micro-batch. */
    private boolean isCut() {
        return IntStream.range(0, spec.virtualShards())
                .anyMatch(v -> microBatches.count(Math.max(1, spec.train().microBatchSize(v))) > 1);
    }

    /** The threads, for others that work on the flat vectors between the steps. */
    Lanes lanes() {
        return lanes;
    }

    @Override
    public long train(EpochPlan epoch, GradientExchange exchange, LeafListener listener, BooleanSupplier stop) {
        begin(DataSplit.TRAIN, epoch.epoch());
        boolean early = listener.isBeforePush();
        push.beginPass(exchange, early ? () -> report(listener) : () -> {}, stop);
        long step = epoch.firstStep();
        while (step < epoch.endStep()) {
            globalStep = step;
            stepInPass = step - epoch.epochFirstStep();
            parametersAddress = exchange.parameters().address();
            push.beginStep(step, spec.optimizer().learningRateAt(step, epoch.learningRate()));
            lanes.run(trainLeaves);
            if (!plan.adds().isEmpty()) {
                lanes.run(addAcrossLanes);
            }
            push.finish();
            boolean ended = exchange.pull(step);
            if (!early) {
                report(listener);
            }
            long next = exchange.nextStep(step);
            reportSkipped(step + 1 - epoch.epochFirstStep(), next - epoch.epochFirstStep(), listener);
            step = next;
            if (ended) {
                return step;
            }
        }
        return step;
    }

    /** Steps to which this worker contributes nothing have no samples. */
    private void reportSkipped(long from, long to, LeafListener listener) {
        for (stepInPass = from; stepInPass < to; stepInPass++) {
            for (MetricState each : metrics) {
                each.reset();
            }
            report(listener);
        }
    }

    @Override
    public void evaluate(DataSplit evaluated, GradientExchange exchange, LeafListener listener) {
        DataPlan dataPlan = spec.plan(evaluated);
        if (dataPlan == null) {
            throw new IllegalArgumentException("the job has no " + evaluated + " data");
        }
        begin(evaluated, 0);
        parametersAddress = exchange.parameters().address();
        for (stepInPass = 0; stepInPass < dataPlan.stepsPerEpoch(); stepInPass++) {
            lanes.run(evaluateLeaves);
            report(listener);
        }
    }

    private void begin(DataSplit newSplit, int epoch) {
        NativeLibraries.setThreadsOfThisThread(threadsPerLane);
        split = newSplit;
        DataPlan dataPlan = spec.plan(split);
        for (int i = 0; i < orders.length; i++) {
            int shard = shards.get(i).index();
            orders[i] = split == DataSplit.TRAIN ? dataPlan.epochOrder(shard, epoch) : DataPlan.EpochOrder.IN_PLACE;
        }
    }

    private void report(LeafListener listener) {
        for (int i = 0; i < metrics.length; i++) {
            listener.onLeaf(stepInPass, shards.get(i).index(), metrics[i]);
        }
    }

    private void trainLeaves(int lane) {
        List<GradientPlan.Leaf> leaves = plan.lanes().get(lane);
        for (int i = 0; i < leaves.size(); i++) {
            GradientPlan.Leaf leaf = leaves.get(i);
            boolean inParts = push.takesParts(leaf.index());
            trainLeaf(lane, leaf, inParts ? whileBackward : BackwardListener.NONE);
            if (!inParts) {
                add(kernels[lane], leaf.adds(), 0, vectorLength);
            }
        }
    }

    private void trainLeaf(int lane, GradientPlan.Leaf leaf, BackwardListener listener) {
        int index = leaf.index();
        NativeFloats gradient = buffers[leaf.buffer()];
        metrics[index].reset();
        int rows = rows(index);
        if (rows == 0) {
            if (leaf.accumulate()) {
                addZeros(kernels[lane], gradient);
            } else {
                gradient.zero();
            }
            return;
        }
        int count = microBatches.count(rows);
        for (int m = 0; m < count; m++) {
            Program program =
                    load(lane, true, index, MicroBatches.first(m, count, rows), MicroBatches.first(m + 1, count, rows));
            program.seed(spec.seed(), globalStep, shards.get(index).index() + (long) m * spec.virtualShards());
            program.forwardBackward(
                    parametersAddress,
                    gradient.address(),
                    leaf.accumulate() || m > 0,
                    metrics[index],
                    m == count - 1 ? listener : BackwardListener.NONE);
        }
    }

    /** What another worker's sum of no samples would do: -0 becomes 0. */
    private void addZeros(VectorKernels kernel, NativeFloats target) {
        for (long from = 0; from < vectorLength; from += ZEROS) {
            kernel.add(target.address(from), zeros.address(), Math.min(ZEROS, vectorLength - from));
        }
    }

    private void evaluateLeaves(int lane) {
        List<GradientPlan.Leaf> leaves = plan.lanes().get(lane);
        for (int i = 0; i < leaves.size(); i++) {
            int index = leaves.get(i).index();
            metrics[index].reset();
            int rows = rows(index);
            if (rows > 0) {
                load(lane, false, index, 0, rows).forward(parametersAddress, metrics[index]);
            }
        }
    }

    /** Rows of the leaf in this step. */
    private int rows(int index) {
        return spec.plan(split).microBatchRows(shards.get(index).index(), stepInPass);
    }

    /** Loads the leaf's rows [from, to) of this step. */
    private Program load(int lane, boolean training, int index, int from, int to) {
        VirtualShard shard = shards.get(index);
        DataPlan dataPlan = spec.plan(split);
        long first = stepInPass * dataPlan.microBatchSize(shard.index()) + from;
        Program program = programs[lane].load(training, shard.block(split), orders[index], first, to - from);
        program.batchRows(dataPlan.batchRows(stepInPass));
        states.give(program, dataPlan.firstRow(shard.index()) + from);
        return program;
    }

    private void addAcrossLanes(int lane) {
        long from = Lanes.cut(vectorLength, lane, lanes.count());
        long to = Lanes.cut(vectorLength, lane + 1, lanes.count());
        add(kernels[lane], plan.adds(), from, to);
    }

    private void add(VectorKernels kernel, List<GradientPlan.Add> adds, long from, long to) {
        for (int i = 0; i < adds.size(); i++) {
            GradientPlan.Add add = adds.get(i);
            kernel.add(buffers[add.target()].address(from), buffers[add.source()].address(from), to - from);
        }
    }

    /** Ends the lanes and frees the native memory. */
    @Override
    public void close() {
        lanes.close();
        for (LanePrograms ofLane : programs) {
            ofLane.close();
        }
        for (NativeFloats buffer : buffers) {
            buffer.close();
        }
        zeros.close();
    }
}
