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
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Measures the constants of {@link StepCost} on this machine: in this process, and of the exchange with two processes. */
final class StepCostMeasurement {
    private static final int WORKERS = 2;
    private static final int FEW_FLOATS = 64;
    private static final int RUNS = 200;
    /** Share of a normal distribution below its mean plus one standard deviation. */
    private static final double ONE_SIGMA = 0.8413;

    private static final int PACKETS = 20_000;
    private static final long WARM_UP_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RUN_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_STEPS = 5_000;

    private StepCostMeasurement() {}

    static StepCost measure(BenchModel model, int batch, int mtu) {
        ParameterLayout layout = model.model().layout();
        double[] stepTimes = singleSteps(model, batch);
        double crowded = crowdedStep(model, batch);
        double step = stepTimes[stepTimes.length / 2];
        double jitter = stepTimes[(int) (stepTimes.length * ONE_SIGMA)] - step;
        double update = update(layout, model);
        int cores = Runtime.getRuntime().availableProcessors();
        double sharing = Math.max(1, (double) WORKERS / cores);
        double round = exchange(FEW_FLOATS) / sharing;
        double crossing = layout.length() * (double) Float.BYTES * (WORKERS - 1) / WORKERS;
        double sgd = update(layout, BenchModel.M1);
        double perByte = Math.max(0, exchange(layout.length()) / sharing - round - sgd / WORKERS) / crossing;
        return new StepCost(
                Math.max(0, step - update),
                jitter,
                update,
                layout.length() * (double) Float.BYTES,
                round,
                perByte,
                packet(mtu),
                mtu,
                cores,
                cores == 1 ? 1 : Math.max(1, crowded / step));
    }

    /** Seconds of each of some steps of one thread, ascending. */
    private static double[] singleSteps(BenchModel model, int batch) {
        try (Workload workload = new SingleWorkload(model, batch, 1)) {
            long each = Math.max(1, stepsIn(workload, RUN_NS) / RUNS);
            int runs = (int) Math.max(10, Math.min(RUNS, stepsIn(workload, RUN_NS)));
            double[] times = new double[runs];
            for (int i = 0; i < runs; i++) {
                times[i] = 1 / workload.run(each).stepsPerSecond();
            }
            Arrays.sort(times);
            return times;
        }
    }

    /** Median seconds of a step while each core runs one, independent of the others. */
    private static double crowdedStep(BenchModel model, int batch) {
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService threads = Executors.newFixedThreadPool(cores);
        try {
            double sum = 0;
            Callable<double[]> steps = () -> singleSteps(model, batch);
            for (Future<double[]> times : threads.invokeAll(Collections.nCopies(cores, steps))) {
                sum += times.get()[times.get().length / 2];
            }
            return sum / cores;
        } catch (InterruptedException | ExecutionException e) {
            throw CoveyException.failure("cannot measure " + cores + " computations at once: " + e, e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static double exchange(long floats) {
        try (Workload workload = Workloads.of("allreduce", WORKERS, 1).create("allreduce:" + floats, 0)) {
            return step(workload);
        }
    }

    /** Seconds of one step of {@code workload}: median of five runs, after a warm-up. */
    static double step(Workload workload) {
        long steps = stepsIn(workload, RUN_NS / 2);
        double[] times = new double[5];
        for (int i = 0; i < times.length; i++) {
            times[i] = 1 / workload.run(steps).stepsPerSecond();
        }
        Arrays.sort(times);
        return times[times.length / 2];
    }

    private static long stepsIn(Workload workload, long ns) {
        double rate = 0;
        long spentNs = 0;
        for (long steps = 1; spentNs < WARM_UP_NS; steps = Math.min(MAX_STEPS, 2 * steps)) {
            Workload.Measurement done = workload.run(steps);
            spentNs += done.elapsedNs();
            rate = done.stepsPerSecond();
        }
        return Math.max(1, Math.round(rate * ns * 1e-9));
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
