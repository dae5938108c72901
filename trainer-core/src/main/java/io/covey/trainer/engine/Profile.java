package io.covey.trainer.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The time that each operation of a program took since the profile began. Belongs to the program's thread. */
public final class Profile {
    /**
     * The time of one operation.
     *
     * @param layer it belongs to
     * @param op what it does
     * @param forwardNs in all runs
     * @param backwardNs in all runs
     * @param leastForwardNs in the fastest run, which tells more on a machine that does other things
     * @param leastBackwardNs in the fastest run
     */
    public record Row(
            String layer, String op, long forwardNs, long backwardNs, long leastForwardNs, long leastBackwardNs) {}

    private final List<TimedOp> ops = new ArrayList<>();

    Profile() {}

    /** The same operation, timed. */
    Op timed(String layer, Op op) {
        TimedOp timed = new TimedOp(layer, op);
        ops.add(timed);
        return timed;
    }

    /** The operations in the order of forward. */
    public List<Row> rows() {
        return ops.stream()
                .map(op -> new Row(
                        op.layer, op.op.label(), op.forwardNs, op.backwardNs, op.leastForwardNs, op.leastBackwardNs))
                .toList();
    }

    /**
     * A table of the rows: microseconds per run, in the mean and in the fastest run.
     *
     * @param runs number of runs since the profile began
     */
    public String table(long runs) {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-24s %-24s %10s %10s %10s %10s%n",
                "layer",
                "operation",
                "forward",
                "(least)",
                "backward",
                "(least)"));
        for (Row row : rows()) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-24s %-24s %10.1f %10.1f %10.1f %10.1f%n",
                    row.layer,
                    row.op,
                    row.forwardNs / 1e3 / runs,
                    row.leastForwardNs / 1e3,
                    row.backwardNs / 1e3 / runs,
                    row.leastBackwardNs / 1e3));
        }
        return table.toString();
    }

    private static final class TimedOp implements Op {
        private final String layer;
        private final Op op;
        private long forwardNs;
        private long backwardNs;
        private long leastForwardNs = Long.MAX_VALUE;
        private long leastBackwardNs = Long.MAX_VALUE;

        TimedOp(String layer, Op op) {
            this.layer = layer;
            this.op = op;
        }

        @Override
        public void forward() {
            long start = System.nanoTime();
            op.forward();
            long took = System.nanoTime() - start;
            forwardNs += took;
            leastForwardNs = Math.min(leastForwardNs, took);
        }

        @Override
        public void backward(long gradientAddress, boolean accumulate) {
            long start = System.nanoTime();
            op.backward(gradientAddress, accumulate);
            long took = System.nanoTime() - start;
            backwardNs += took;
            leastBackwardNs = Math.min(leastBackwardNs, took);
        }

        @Override
        public String label() {
            return op.label();
        }
    }
}
