package io.covey.server.update;

import io.covey.server.frame.ChunkedRange;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.RangeUpdater;
import io.covey.trainer.optimizer.UpdatePlan;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Updates a server shard's parameters in place: each chunk as soon as its gradient is complete, or, where norms or constraints
 * need them all, all chunks when the last one is, in passes between which the shards exchange their sums. Used by one
 * thread.
 */
public final class ShardUpdate implements AutoCloseable {
    private final ChunkedRange range;
    private final Optimizer optimizer;
    private final NativeFloats parameters;
    private final List<NativeFloats> slots;
    private final long[] slotAddresses;
    private final UpdatePlan plan;
    private final RangeUpdater updater;
    private final NormExchange norms;
    private final VectorKernels kernels = new VectorKernels();
    private final IntConsumer beforeUpdate;
    private final IntConsumer updated;
    /** By chunk, where updates wait for all chunks: address of the complete gradient sum. */
    private final long[] completeSums;
    /** Where the optimizer needs whole variables: their gradients in one piece, else empty. */
    private final NativeFloats wholeSums;

    private int completeChunks;
    // The update in work, where it takes more than one pass.
    private boolean underWay;
    private long step;
    private int pass;

    /**
     * @param layout of the flat vector that {@code range} is cut from
     * @param servers number of all server shards
     * @param parameters of the range, which stay the caller's to close
     * @param beforeUpdate hears of each chunk that is about to change
     * @param updated hears of each chunk whose parameters are new
     */
    public ShardUpdate(
            ChunkedRange range,
            ParameterLayout layout,
            Optimizer optimizer,
            int servers,
            NativeFloats parameters,
            IntConsumer beforeUpdate,
            IntConsumer updated) {
        this(range, layout, optimizer, optimizer, servers, parameters, beforeUpdate, updated);
    }

    /**
     * The same, with another optimizer.
     *
     * @param optimizer whose slots are kept
     * @param applied what updates; it has no slots if it is another
     * @param servers number of all server shards
     */
    public ShardUpdate(
            ChunkedRange range,
            ParameterLayout layout,
            Optimizer optimizer,
            Optimizer applied,
            int servers,
            NativeFloats parameters,
            IntConsumer beforeUpdate,
            IntConsumer updated) {
        this.optimizer = optimizer;
        this.range = range;
        this.parameters = parameters;
        this.beforeUpdate = beforeUpdate;
        this.updated = updated;
        plan = new UpdatePlan(layout, applied);
        updater = new RangeUpdater(plan);
        norms = new NormExchange(plan, range.range().shard(), servers, range.chunkLength());
        slots = optimizer.slots().stream()
                .map(name -> NativeFloats.allocate(range.range().length()))
                .toList();
        resetSlots();
        slotAddresses = new long[slots.size()];
        completeSums = new long[plan.isRangewise() ? 0 : range.chunks()];
        wholeSums =
                NativeFloats.allocate(plan.transformsVariables() ? range.range().length() : 0);
    }

    /** Gives the slots their first values. */
    public void resetSlots() {
        for (int i = 0; i < slots.size(); i++) {
            slots.get(i).fill(optimizer.initialValue(optimizer.slots().get(i)));
        }
    }

    /** The optimizer's slots for the range, in its order; this closes them. */
    public List<NativeFloats> slots() {
        return slots;
    }

    /** What the shard and the others tell each other. */
    public NormExchange norms() {
        return norms;
    }

    /** Server shards whose norms the update waits for. */
    public List<Integer> shardsMissing() {
        return underWay ? norms.missing(step, pass) : List.of();
    }

    /**
     * Takes a complete gradient sum, which stays as it is until all chunks of the step are updated.
     *
     * @param sumAddress of the chunk's first float
     * @param samples in the sum; without any nothing is updated
     */
    public void complete(int chunk, long sumAddress, int samples, float learningRate, long newStep) {
        if (plan.isRangewise()) {
            beforeUpdate.accept(chunk);
            if (samples > 0) {
                updater.begin(1f / samples, learningRate, newStep);
                run(0, chunk, sumAddress);
            }
            updated.accept(chunk);
            return;
        }
        completeSums[chunk] = sumAddress;
        completeChunks++;
        if (completeChunks == range.chunks()) {
            completeChunks = 0;
            for (int c = 0; c < range.chunks(); c++) {
                beforeUpdate.accept(c);
            }
            if (samples > 0) {
                updater.begin(1f / samples, learningRate, newStep);
                underWay = true;
                step = newStep;
                run(0);
                advance();
            } else {
                end();
            }
        }
    }

    /** Goes on with an update that waits for the other shards; returns the amount of work. */
    public int doWork() {
        return norms.doWork() + advance();
    }

    private int advance() {
        int work = 0;
        while (underWay && norms.isComplete(step, pass)) {
            work++;
            if (pass == plan.passes() - 1) {
                updater.constrain(range.range().offset(), range.range().length(), parameters.address());
                underWay = false;
                end();
            } else {
                norms.inbox().addTo(updater.sums(), pass);
                updater.sums().conclude(pass);
                if (plan.transformsVariables() && pass == plan.passes() - 2) {
                    transform();
                }
                run(pass + 1);
            }
        }
        return work;
    }

    private void run(int newPass) {
        pass = newPass;
        for (int chunk = 0; chunk < range.chunks(); chunk++) {
            run(pass, chunk, completeSums[chunk]);
        }
        norms.send(step, pass, updater.sums());
    }

    private void transform() {
        for (int chunk = 0; chunk < range.chunks(); chunk++) {
            long target = wholeSums.address(range.start(chunk));
            kernels.copy(target, completeSums[chunk], range.length(chunk));
            completeSums[chunk] = target;
        }
        addressSlots(0);
        updater.transform(
                updater.sums(), range.range().offset(), range.range().length(), slotAddresses, wholeSums.address());
    }

    private void end() {
        for (int c = 0; c < range.chunks(); c++) {
            updated.accept(c);
        }
    }

    /** Keras' end of training with {@code use_ema}: the averages take the parameters' place. Does nothing without. */
    public void overwriteWithAverages() {
        if (plan.optimizer().options().useEma()) {
            updater.overwriteWithAverage(
                    range.range().offset(),
                    range.range().length(),
                    parameters.address(),
                    slots.get(slots.size() - 1).address());
        }
    }

    private void addressSlots(long start) {
        for (int i = 0; i < slotAddresses.length; i++) {
            slotAddresses[i] = slots.get(i).address(start);
        }
    }

    private void run(int passOfChunk, int chunk, long sumAddress) {
        long start = range.start(chunk);
        addressSlots(start);
        updater.run(
                passOfChunk,
                updater.sums(),
                range.offset(chunk),
                range.length(chunk),
                parameters.address(start),
                slotAddresses,
                sumAddress);
    }

    @Override
    public void close() {
        slots.forEach(NativeFloats::close);
        wholeSums.close();
    }
}
