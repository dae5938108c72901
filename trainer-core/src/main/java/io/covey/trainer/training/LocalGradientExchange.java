package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.optimizer.NormSums;
import io.covey.trainer.optimizer.RangeUpdater;
import io.covey.trainer.optimizer.UpdatePlan;
import java.util.List;
import java.util.stream.IntStream;

/** The exchange of a single worker: completes the {@link ReductionTree} and applies the optimizer in place. */
public final class LocalGradientExchange implements GradientExchange {
    /** Floats per call of the optimizer: its passes over a chunk find it in the first-level cache. */
    private static final int CHUNK_FLOATS = 4 * 1024;

    private final ReductionTree tree;
    private final TrainingVariables variables;
    private final boolean ownsVariables;
    private final NativeFloats parameters;
    private final List<NativeFloats> slots;
    private final Lanes lanes;
    private final boolean ownsLanes;
    private final UpdatePlan plan;
    private final RangeUpdater[] updaters;
    private final long[][] slotAddresses;
    private final VectorKernels vectorKernels = new VectorKernels();
    private final Lanes.Task update = this::update;

    // The pushed, not yet merged subtrees of the current step, by node.
    private final NativeFloats[] sums;
    private final int[] samples;

    private long step;
    private float learningRate;
    private boolean lastStep;
    private int pass;

    /** An exchange that updates on the calling thread; parameters have the model's first values, slots are zero. */
    public LocalGradientExchange(TrainingSpec spec) {
        this(spec, new Lanes(1), true, initial(spec), true);
    }

    /**
     * An exchange for one lane, which updates variables of the caller's in place: where they are many, with as many threads
     * as the lane's operations have.
     *
     * @param threads of the operations that the calling thread runs between the updates
     */
    LocalGradientExchange(TrainingSpec spec, int threads, TrainingVariables variables) {
        this(spec, new Lanes(MicroBatches.hasManyParameters(spec.model()) ? threads : 1), true, variables, false);
    }

    /** An exchange that updates on a runner's lanes between its steps. */
    LocalGradientExchange(TrainingSpec spec, Lanes lanes) {
        this(spec, lanes, false, initial(spec), true);
    }

    /** An exchange that updates variables of the caller's in place, on a runner's lanes between its steps. */
    LocalGradientExchange(TrainingSpec spec, Lanes lanes, TrainingVariables variables) {
        this(spec, lanes, false, variables, false);
    }

    private static TrainingVariables initial(TrainingSpec spec) {
        return TrainingVariables.initial(spec.model(), spec.optimizer(), spec.seed());
    }

    private LocalGradientExchange(
            TrainingSpec spec, Lanes lanes, boolean ownsLanes, TrainingVariables variables, boolean ownsVariables) {
        this.tree = ReductionTree.of(spec.virtualShards());
        this.lanes = lanes;
        this.ownsLanes = ownsLanes;
        this.sums = new NativeFloats[tree.nodes()];
        this.samples = new int[tree.nodes()];
        this.variables = variables;
        this.ownsVariables = ownsVariables;
        this.parameters = variables.parameters();
        this.slots = variables.slots();
        this.plan = new UpdatePlan(spec.model().layout(), spec.optimizer());
        this.updaters = IntStream.range(0, lanes.count())
                .mapToObj(i -> new RangeUpdater(plan))
                .toArray(RangeUpdater[]::new);
        this.slotAddresses = new long[lanes.count()][slots.size()];
    }

    /** The parameters; they may be overwritten between steps, for example with given first values. */
    @Override
    public NativeFloats parameters() {
        return parameters;
    }

    /** The optimizer's slots, in the order of its names; they may be overwritten between steps. */
    public List<NativeFloats> slots() {
        return slots;
    }

    @Override
    public void push(
            long newStep, int node, NativeFloats gradientSum, int sampleCount, float newLearningRate, boolean last) {
        if (sums[node] != null) {
            throw CoveyException.failure("step " + newStep + ": node " + node + " was pushed twice");
        }
        step = newStep;
        learningRate = newLearningRate;
        lastStep |= last;
        sums[node] = gradientSum;
        samples[node] = sampleCount;
        int merged = node;
        while (merged != ReductionTree.ROOT && sums[tree.sibling(merged)] != null) {
            merged = merge(merged, tree.sibling(merged));
        }
    }

    private int merge(int node, int sibling) {
        int left = Math.min(node, sibling);
        int right = Math.max(node, sibling);
        vectorKernels.add(sums[left].address(), sums[right].address(), parameters.length());
        int parent = tree.parent(node);
        sums[parent] = sums[left];
        samples[parent] = samples[left] + samples[right];
        sums[left] = null;
        sums[right] = null;
        return parent;
    }

    @Override
    public boolean pull(long pulledStep) {
        if (sums[ReductionTree.ROOT] == null || step != pulledStep) {
            throw CoveyException.failure("step " + pulledStep + ": not all virtual shards have pushed their gradients");
        }
        if (samples[ReductionTree.ROOT] == 0) {
            throw CoveyException.failure("step " + pulledStep + " has no samples");
        }
        update();
        sums[ReductionTree.ROOT] = null;
        boolean ended = lastStep;
        lastStep = false;
        return ended;
    }

    private void update() {
        if (ownsLanes && lanes.count() > 1) {
            NativeLibraries.endThreadsOfThisThread();
        }
        for (pass = 0; pass < plan.passes(); pass++) {
            lanes.run(update);
            if (pass < plan.passes() - 1) {
                NormSums totals = totals();
                for (int lane = 1; lane < updaters.length; lane++) {
                    totals.merge(pass, updaters[lane].sums());
                }
                totals.conclude(pass);
            }
            if (plan.transformsVariables() && pass == plan.passes() - 2) {
                NativeFloats sum = sums[ReductionTree.ROOT];
                updaters[0].transform(totals(), 0, sum.length(), addressSlots(0, 0), sum.address());
            }
        }
        updaters[0].constrain(0, parameters.length(), parameters.address());
    }

    private void update(int lane) {
        NativeFloats sum = sums[ReductionTree.ROOT];
        RangeUpdater updater = updaters[lane];
        if (pass == 0) {
            updater.begin(1f / samples[ReductionTree.ROOT], learningRate, step);
        }
        long end = Lanes.cut(sum.length(), lane + 1, lanes.count());
        for (long from = Lanes.cut(sum.length(), lane, lanes.count()); from < end; from += CHUNK_FLOATS) {
            int length = (int) Math.min(CHUNK_FLOATS, end - from);
            updater.run(
                    pass,
                    totals(),
                    from,
                    length,
                    parameters.address(from),
                    addressSlots(lane, from),
                    sum.address(from));
        }
    }

    private NormSums totals() {
        return updaters[0].sums();
    }

    /** The slots' addresses from float {@code from} on, in an array of the lane's own. */
    private long[] addressSlots(int lane, long from) {
        long[] addresses = slotAddresses[lane];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = slots.get(i).address(from);
        }
        return addresses;
    }

    /** Keras' end of training with {@code use_ema}: the averages take the parameters' place. */
    void overwriteWithAverages() {
        if (!slots.isEmpty()) {
            updaters[0].overwriteWithAverage(
                    0,
                    parameters.length(),
                    parameters.address(),
                    slots.get(slots.size() - 1).address());
        }
    }

    @Override
    public void close() {
        if (ownsLanes) {
            lanes.close();
        }
        if (ownsVariables) {
            variables.close();
        }
    }
}
