package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;

/** Hands out the buffers of a plan, in its order. */
final class PlacedBuffers implements Buffers {
    private final MemoryPlan plan;
    private final NativeFloats block;
    private int next;

    PlacedBuffers(MemoryPlan plan) {
        this.plan = plan;
        block = NativeFloats.allocate(plan.length());
    }

    @Override
    public NativeFloats allocate(Role role, long length) {
        if (next == plan.lifetimes().size() || plan.lifetimes().get(next).length() != length) {
            throw new IllegalStateException("buffer " + next + " of " + length
                    + " floats is not that of the plan: a layer" + " was lowered in two ways");
        }
        return block.slice(plan.offsets().get(next++), length);
    }

    /** Makes every number NaN. */
    void erase() {
        block.fill(Float.NaN);
    }

    @Override
    public void enter(int position) {}

    @Override
    public void use(NativeFloats buffer) {}

    @Override
    public void forgetInput(NativeFloats buffer) {}

    @Override
    public void forget(NativeFloats buffer) {}

    @Override
    public void release(NativeFloats buffer) {}

    @Override
    public void exit(int position, boolean runsBackward) {}

    @Override
    public void useAt(NativeFloats buffer, int position) {}

    @Override
    public void keepToEnd(NativeFloats buffer) {}

    @Override
    public void close() {
        block.close();
    }
}
