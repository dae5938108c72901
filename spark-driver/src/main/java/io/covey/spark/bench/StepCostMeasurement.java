package io.covey.spark.bench;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.RangeUpdater;
import io.covey.trainer.optimizer.UpdatePlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures the constants of {@link StepCost} on this machine: whole steps of one and two worker processes, the exchange alone
 * between two, and in this process what those leave open.
 */
final class StepCostMeasurement {
    private static final int WORKERS = 2;
    private static final int FEW_FLOATS = 64;
    private static final int RUNS = 200;
    private static final int REPETITIONS = 7;
    /** Share of a normal distribution below its mean plus one standard deviation. */
    private static final double ONE_SIGMA = 0.8413;

    private static final int PACKETS = 20_000;
    /** For each core that a worker has; the compilers of all workers' processes run beside the steps. */
    private static final double WARM_UP_S = 3;

    private static final double RUN_S = 0.5;
    private static final long MAX_STEPS = 5_000;

    private StepCostMeasurement() {}

    static StepCost measure(BenchModel model, int batch, int mtu) {
        ParameterLayout layout = model.model().layout();
        double bytes = layout.length() * (double) Float.BYTES;
        double update = update(layout, model);
        double sgd = update(layout, BenchModel.M1);
        int cores = Runtime.getRuntime().availableProcessors();
        double sharing = Math.max(1, (double) WORKERS / cores);
        double round = exchange(FEW_FLOATS) / sharing;
        double perByte = Math.max(0, exchange(layout.length()) / sharing - round - sgd / WORKERS)
                / StepCost.crossing(bytes, WORKERS);
        StepCost uncrowded = new StepCost(
                Math.max(0, training(model, batch, 1) - update),
                jitter(model, batch),
                update,
                bytes,
                round,
                perByte,
                packet(mtu),
                mtu,
                cores,
                1);
        return uncrowded.withCrowdingOf(WORKERS, training(model, batch, WORKERS));
    }

    /** Seconds of one step of {@code workers} worker processes. */
    static double training(BenchModel model, int batch, int workers) {
        try (Workload workload = Workloads.of("dist", workers, 1).create(model.name(), batch)) {
            return step(workload, workers);
        }
    }

    private static double exchange(long floats) {
        try (Workload workload = Workloads.of("allreduce", WORKERS, 1).create("allreduce:" + floats, 0)) {
            return step(workload, WORKERS);
        }
    }

    /** Standard deviation of the seconds of a step of one thread. */
    private static double jitter(BenchModel model, int batch) {
        try (Workload workload = new SingleWorkload(model, batch, 1)) {
            long each = Math.max(1, stepsIn(workload, WARM_UP_S, RUN_S) / RUNS);
            double[] times = times(workload, RUNS / 4, each);
            return times[(int) (times.length * ONE_SIGMA)] - times[times.length / 2];
        }
    }

    /** Seconds of one step of {@code workload}: the median of some runs, after a warm-up. */
    private static double step(Workload workload, int workers) {
        int cores = Runtime.getRuntime().availableProcessors();
        long steps = stepsIn(workload, WARM_UP_S * Math.max(1, workers / (double) cores), RUN_S);
        return times(workload, REPETITIONS, steps)[REPETITIONS / 2];
    }

    /** Seconds of a step in each of some runs, ascending. */
    private static double[] times(Workload workload, int runs, long steps) {
        double[] times = new double[runs];
        for (int i = 0; i < runs; i++) {
            times[i] = 1 / workload.run(steps).stepsPerSecond();
        }
        Arrays.sort(times);
        return times;
    }

    /** Warms up, and returns how many steps take {@code seconds}. */
    private static long stepsIn(Workload workload, double warmUpSeconds, double seconds) {
        double rate = 0;
        double spent = 0;
        for (long steps = 1; spent < warmUpSeconds; steps = Math.min(MAX_STEPS, 2 * steps)) {
            Workload.Measurement done = workload.run(steps);
            spent += done.elapsedNs() * 1e-9;
            rate = done.stepsPerSecond();
        }
        return Math.max(1, Math.round(rate * seconds));
    }

    /** Seconds of the optimizer of {@code model} on a vector of {@code layout}. */
    private static double update(ParameterLayout layout, BenchModel model) {
        Optimizer optimizer = model.spec(1, 1).optimizer();
        RangeUpdater updater = new RangeUpdater(new UpdatePlan(layout, optimizer));
        List<NativeFloats> vectors = Stream.generate(() -> NativeFloats.allocate(layout.length()))
                .limit(2L + optimizer.slots().size())
                .toList();
        long[] slots = vectors.stream().skip(2).mapToLong(NativeFloats::address).toArray();
        try {
            return MachineLimit.bestSeconds(() -> {
                updater.begin(1f, (float) optimizer.learningRate(), 0);
                updater.run(
                        0,
                        updater.sums(),
                        0,
                        Math.toIntExact(layout.length()),
                        vectors.get(0).address(),
                        slots,
                        vectors.get(1).address());
            });
        } finally {
            vectors.forEach(NativeFloats::close);
        }
    }

    /** Seconds to send and receive a packet of {@code bytes} over loopback. */
    private static double packet(int bytes) {
        try (DatagramChannel sender = DatagramChannel.open();
                DatagramChannel receiver = DatagramChannel.open()) {
            receiver.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            sender.connect(receiver.getLocalAddress());
            receiver.connect(sender.getLocalAddress());
            ByteBuffer packet = ByteBuffer.allocateDirect(bytes);
            return MachineLimit.bestSeconds(() -> sendAndReceive(sender, receiver, packet)) / PACKETS;
        } catch (IOException e) {
            throw CoveyException.failure("cannot send UDP packets of " + bytes + " bytes over loopback: " + e, e);
        }
    }

    private static void sendAndReceive(DatagramChannel sender, DatagramChannel receiver, ByteBuffer packet) {
        try {
            for (int i = 0; i < PACKETS; i++) {
                sender.write(packet.clear());
                receiver.read(packet.clear());
            }
        } catch (IOException e) {
            throw CoveyException.failure("cannot send UDP packets over loopback: " + e, e);
        }
    }
}
