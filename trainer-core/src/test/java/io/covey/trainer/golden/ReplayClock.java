package io.covey.trainer.golden;

import java.util.Arrays;
import java.util.List;

/**
 * Finds times at which a progress bar shows what was recorded. All that it shows limits the difference of two of its moments:
 * the time since the start, that since the first step by the number of steps, and between two bars there are 50 ms. The
 * solution of such a system is a graph's shortest paths.
 */
final class ReplayClock {
    private static final double INTERVAL_NS = 50e6;
    private static final double LONGEST_NS = 1e17;

    /** Keeps times off the limits, where the rounding of the bar's own arithmetic decides. */
    private static final double MARGIN_NS = 2;

    /** {@code limits[i][j]}: how much later than moment i moment j can be at most. Moment 0 is the start. */
    private final double[][] limits;

    private ReplayClock(int bars) {
        limits = new double[bars + 1][bars + 1];
        for (double[] row : limits) {
            Arrays.fill(row, LONGEST_NS);
        }
    }

    /**
     * Solves for the bars of a pass.
     *
     * @param verbose 1 if there are bars before the last
     * @return times since the start, in nanoseconds
     */
    static long[] times(List<PrintedBar> bars, int verbose) {
        ReplayClock clock = new ReplayClock(bars.size());
        for (int i = 0; i < bars.size(); i++) {
            PrintedBar bar = bars.get(i);
            int moment = i + 1;
            boolean sinceFirst = verbose == 1 && i > 0 && bars.get(0).step() == 1 && bar.step() > 1;
            int origin = sinceFirst ? 1 : 0;
            long steps = sinceFirst ? bar.step() - 1 : bar.step();
            clock.limit(i, moment, new PrintedBar.Range(i == 0 || bar.isLast() ? 0 : INTERVAL_NS, LONGEST_NS));
            clock.limit(0, moment, bar.elapsed());
            if (bar.perStep() != null) {
                clock.limit(origin, moment, bar.perStep().times((double) steps));
            }
            if (bar.left() != null) {
                clock.limit(origin, moment, bar.left().times((double) steps / (double) (bar.target() - bar.step())));
            }
        }
        return clock.solve(bars);
    }

    private void limit(int from, int to, PrintedBar.Range range) {
        if (range == null) {
            return;
        }
        double margin = Math.min(MARGIN_NS, (range.high() - range.low()) / 4);
        limits[from][to] = Math.min(limits[from][to], range.high() - margin);
        limits[to][from] = Math.min(limits[to][from], -range.low() - (range.low() > 0 ? margin : 0));
    }

    private long[] solve(List<PrintedBar> bars) {
        for (int via = 0; via < limits.length; via++) {
            for (int from = 0; from < limits.length; from++) {
                for (int to = 0; to < limits.length; to++) {
                    limits[from][to] = Math.min(limits[from][to], limits[from][via] + limits[via][to]);
                }
            }
        }
        for (int i = 0; i < limits.length; i++) {
            if (limits[i][i] < 0) {
                throw new IllegalArgumentException("no clock shows these times: " + bars);
            }
        }
        return Arrays.stream(limits[0]).skip(1).mapToLong(Math::round).toArray();
    }
}
