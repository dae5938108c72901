package io.covey.server.client;

import io.covey.server.client.Workers.Medium;
import io.covey.server.membership.Topology;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.training.ReductionTree;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Time of push, sum, update and pull, all workers pushing at once, and processor time of the whole JVM per step:
 * {@code RoundTripBenchmark MEDIUM WORKERS SHARDS FLOATS STEPS [CHUNK_FLOATS [ENCRYPT]]}.
 */
public final class RoundTripBenchmark {
    private static final int ROUNDS = 5;

    private RoundTripBenchmark() {}

    public static void main(String[] args) throws Exception {
        Medium medium = Medium.valueOf(args[0]);
        int workers = Integer.parseInt(args[1]);
        int shards = Integer.parseInt(args[2]);
        ParameterLayout layout = Workers.layout(Integer.parseInt(args[3]));
        int steps = Integer.parseInt(args[4]);
        int chunkLength = args.length > 5 ? Integer.parseInt(args[5]) : 0;
        boolean encrypt = args.length > 6 && Boolean.parseBoolean(args[6]);
        List<Integer> hosts =
                IntStream.range(0, shards).mapToObj(s -> s % workers).toList();
        List<Integer> owners = Topology.contiguous(workers, workers);
        try (Workers cluster = new Workers(
                medium,
                workers,
                hosts,
                owners,
                layout,
                chunkLength,
                Workers.TIMEOUT_NS,
                Workers.TIMEOUT_NS,
                new JobSecurity(JobSecret.random(), encrypt))) {
            List<double[]> medians = cluster.all((worker, client) -> {
                client.connect();
                client.synchronize(0);
                return measure(client, ReductionTree.of(workers).leaf(worker), layout, steps);
            });
            System.out.printf(
                    "%s workers %d shards %d floats %d chunk %d: median us per round %s%n",
                    medium,
                    workers,
                    shards,
                    layout.length(),
                    cluster.topology.chunkLength(),
                    Arrays.toString(medians.get(0)));
        }
    }

    private static long processorTimeNs() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Median step time in microseconds of each round. */
    private static double[] measure(ParameterServerClient client, int node, ParameterLayout layout, int steps) {
        double[] medians = new double[2 * ROUNDS];
        try (NativeFloats gradient = NativeFloats.allocate(layout.length())) {
            long step = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long[] times = new long[steps];
                long cpu = processorTimeNs();
                for (int i = 0; i < steps; i++, step++) {
                    long start = System.nanoTime();
                    client.push(step, node, gradient, 32, 0.01f, false);
                    client.pull(step);
                    times[i] = System.nanoTime() - start;
                }
                Arrays.sort(times);
                medians[round] = times[steps / 2] / 1e3;
                medians[ROUNDS + round] = (processorTimeNs() - cpu) / 1e3 / steps;
            }
        }
        return medians;
    }
}
