package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Records which operations use which buffers of a program, and makes a {@link MemoryPlan} of it. */
final class BufferPlanner implements Buffers {
    private final boolean gradients;
    private final List<Use> uses = new ArrayList<>();
    private final IdentityHashMap<NativeFloats, Use> byBuffer = new IdentityHashMap<>();
    private final Deque<Frame> frames = new ArrayDeque<>();

    /** Positions of the operations that use one buffer. */
    private static final class Use {
        private final Role role;
        private final NativeFloats buffer;
        private int first = Integer.MAX_VALUE;
        private int last = Integer.MIN_VALUE;
        /** First position whose backward reads it. */
        private int firstBackward = Integer.MAX_VALUE;

        private boolean staysToEnd;

        Use(Role role, NativeFloats buffer) {
            this.role = role;
            this.buffer = buffer;
        }

        void between(int from, int to, boolean inBackward) {
            first = Math.min(first, from);
            last = Math.max(last, to);
            firstBackward = inBackward ? Math.min(firstBackward, from) : firstBackward;
        }

        boolean isUnknown() {
            return last == Integer.MIN_VALUE;
        }
    }

    /** A layer that is being lowered. */
    private record Frame(int position, Set<Use> made, Set<Use> used, Set<Use> forgotten) {
        Frame(int position) {
            this(
                    position,
                    Collections.newSetFromMap(new IdentityHashMap<>()),
                    Collections.newSetFromMap(new IdentityHashMap<>()),
                    Collections.newSetFromMap(new IdentityHashMap<>()));
        }
    }

    /** @param gradients whether the program runs backward */
    BufferPlanner(boolean gradients) {
        this.gradients = gradients;
    }

    @Override
    public NativeFloats allocate(Role role, long length) {
        Use use = new Use(role, NativeFloats.allocateUnset(length));
        uses.add(use);
        byBuffer.put(use.buffer, use);
        if (!frames.isEmpty()) {
            frames.peek().made.add(use);
            frames.peek().used.add(use);
        }
        return use.buffer;
    }

    @Override
    public void enter(int position) {
        frames.push(new Frame(position));
    }

    @Override
    public void use(NativeFloats buffer) {
        Use use = byBuffer.get(buffer);
        if (use != null && !frames.isEmpty()) {
            frames.peek().used.add(use);
        }
    }

    @Override
    public void forgetInput(NativeFloats buffer) {
        if (!frames.isEmpty() && !frames.peek().made.contains(byBuffer.get(buffer))) {
            forget(buffer);
        }
    }

    @Override
    public void forget(NativeFloats buffer) {
        Use use = byBuffer.get(buffer);
        if (use != null && !frames.isEmpty()) {
            frames.peek().forgotten.add(use);
        }
    }

    @Override
    public void exit(int position, boolean runsBackward) {
        Frame frame = frames.pop();
        if (position == frame.position) {
            return;
        }
        for (Use use : frame.used) {
            use.between(frame.position, position - 1, runsBackward && !frame.forgotten.contains(use));
        }
    }

    @Override
    public void useAt(NativeFloats buffer, int position) {
        Use use = byBuffer.get(buffer);
        if (use != null) {
            use.between(position, position, position != INPUT);
        }
    }

    @Override
    public void keepToEnd(NativeFloats buffer) {
        Use use = byBuffer.get(buffer);
        if (use != null) {
            use.staysToEnd = true;
        }
    }

    /** The plan of a program of {@code operations} operations. */
    MemoryPlan plan(int operations) {
        return MemoryPlan.of(
                uses.stream().map(use -> lifetime(use, operations)).toList());
    }

    /** The time of forward of operation i is i, that of the losses n, that of backward of operation i 2n - i. */
    private MemoryPlan.Lifetime lifetime(Use use, int operations) {
        int end = 2 * operations + 1;
        int first = Math.min(use.first, operations);
        int last = Math.min(use.last, operations);
        int firstBackward = Math.min(use.firstBackward, operations);
        boolean isForward = use.role != Role.GRADIENT;
        int from = isForward ? first : 2 * operations - last;
        int to = !isForward
                ? 2 * operations - first
                : gradients && use.firstBackward != Integer.MAX_VALUE ? 2 * operations - firstBackward : last;
        boolean always = use.isUnknown();
        if (use.role == Role.SCRATCH && gradients && !always) {
            return new MemoryPlan.Lifetime(
                    use.role, use.buffer.length(), first, 2 * operations - first, last + 1, 2 * operations - last);
        }
        return new MemoryPlan.Lifetime(
                use.role, use.buffer.length(), always ? INPUT : from, always || use.staysToEnd ? end : to);
    }

    /** Frees what the operations of the first lowering were given. */
    @Override
    public void close() {
        uses.forEach(use -> use.buffer.close());
    }
}
