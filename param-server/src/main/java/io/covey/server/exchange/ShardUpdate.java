package io.covey.server.exchange;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.RangeUpdater;
import io.covey.trainer.optimizer.UpdatePlan;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Updates a server shard's parameters in place: each chunk as soon as its gradient is complete, or, where norms or constraints
 * need them all, all chunks when the last one is.
 */
final class ShardUpdate implements AutoCloseable {
    private final ChunkedRange range;
    private final Optimizer optimizer;
    private final NativeFloats parameters;
    private final List<NativeFloats> slots;
    private final long[] slotAddresses;
    private final UpdatePlan plan;
    private final RangeUpdater updater;
    private final IntConsumer beforeUpdate;
    private final IntConsumer updated;
    /** By chunk, where updates wait for all chunks: address of the complete gradient sum. */
    private final long[] completeSums;

    private int completeChunks;

    /**
     * @param parameters of the range
     * @param beforeUpdate hears of each chunk that is about to change
     * @param updated hears of each chunk whose parameters are new
     */
    ShardUpdate(
            ChunkedRange range,
            ParameterLayout layout,
            Optimizer optimizer,
            NativeFloats parameters,
            IntConsumer beforeUpdate,
            IntConsumer updated) {
        this(range, layout, optimizer, optimizer, parameters, beforeUpdate, updated);
    }

    /**
     * The same, with another optimizer.
     *
     * @param optimizer whose slots are kept
     * @param applied what updates; it has no slots if it is another
     */
    ShardUpdate(
            ChunkedRange range,
            ParameterLayout layout,
            Optimizer optimizer,
            Optimizer applied,
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
        slots = optimizer.slots().stream()
                .map(name -> NativeFloats.allocate(range.range().length()))
                .toList();
        resetSlots();
        slotAddresses = new long[slots.size()];
        completeSums = new long[plan.isRangewise() ? 0 : range.chunks()];
    }

    /** Gives the slots their first values. */
    void resetSlots() {
        for (int i = 0; i < slots.size(); i++) {
            slots.get(i).fill(optimizer.initialValue(optimizer.slots().get(i)));
        }
    }

    /** The optimizer's slots for the range. */
    List<NativeFloats> slots() {
        return slots;
    }

    /**
     * Takes a complete gradient sum, which stays as it is until all chunks of the step are updated.
     *
     * @param samples in the sum; without any nothing is updated
     */
    void complete(int chunk, long sumAddress, int samples, float learningRate, long step) {
        if (plan.isRangewise()) {
            beforeUpdate.accept(chunk);
            if (samples > 0) {
                updater.begin(1f / samples, learningRate, step);
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
                updater.begin(1f / samples, learningRate, step);
                updateAll();
            }
            for (int c = 0; c < range.chunks(); c++) {
                updated.accept(c);
            }
        }
    }

    private void updateAll() {
        for (int pass = 0; pass < plan.passes(); pass++) {
            for (int chunk = 0; chunk < range.chunks(); chunk++) {
                run(pass, chunk, completeSums[chunk]);
            }
            updater.sums().conclude(pass);
        }
        updater.constrain(range.range().offset(), range.range().length(), parameters.address());
    }

    private void run(int pass, int chunk, long sumAddress) {
        long start = range.start(chunk);
        for (int i = 0; i < slotAddresses.length; i++) {
            slotAddresses[i] = slots.get(i).address(start);
        }
        updater.run(
                pass,
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
    }
}
