package io.covey.spark.bench;

import java.io.PrintStream;
import java.util.Locale;

/** {@code covey bench --simulate}: measures this machine, predicts the cost of more workers, and checks the prediction. */
final class Simulation {
    private static final double MS = 1e3;

    private final SimulationSettings settings;
    private final PrintStream out;

    Simulation(SimulationSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    void run() {
        StepCost cost = StepCostMeasurement.measure(settings.model(), settings.batch(), settings.mtu());
        out.printf(
                Locale.ROOT,
                "%s, batch %d: compute %.3f ms, jitter %.3f ms, update %.3f ms, %.2f MB, round trip %.3f ms,"
                        + " %.3f ns/byte, %.2f us/packet of %d bytes, %d cores, %.2f times slower when all compute%n",
                settings.model(),
                settings.batch(),
                cost.compute() * MS,
                cost.jitter() * MS,
                cost.update() * MS,
                cost.parameterBytes() * 1e-6,
                cost.round() * MS,
                cost.perByte() * 1e9,
                cost.perPacket() * 1e6,
                cost.mtu(),
                cost.cores(),
                cost.crowding());
        out.printf("%-8s %8s %10s %11s  %s%n", "network", "workers", "step ms", "efficiency", "limit");
        for (SimulatedNetwork network : settings.networks()) {
            for (int workers : settings.workers()) {
                StepCost.Step step = cost.step(workers, network);
                out.printf(
                        Locale.ROOT,
                        "%-8s %8d %10.3f %11.3f  %s%n",
                        network.name(),
                        workers,
                        step.total() * MS,
                        cost.efficiency(workers, network),
                        step.limit());
            }
        }
        check(cost);
    }

    private void check(StepCost cost) {
        SimulatedNetwork host = SimulatedNetwork.of(SimulatedNetwork.HOST, 0);
        for (int workers : settings.check()) {
            double predicted = cost.step(workers, host).total();
            double measured = StepCostMeasurement.training(settings.model(), settings.batch(), workers);
            out.printf(
                    Locale.ROOT,
                    "%-8s %8d %10.3f predicted, %.3f measured, ratio %.2f%n",
                    host.name(),
                    workers,
                    predicted * MS,
                    measured * MS,
                    predicted / measured);
        }
    }
}
