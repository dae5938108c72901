package io.covey.spark.bench;

/**
 * Predicts the time of a synchronous step on W workers with a server shard each, from constants of one machine. Every worker
 * computes its own batch, sends its gradients to the other shards and takes their parameters, B (W - 1) / W bytes each way
 * twice, so that neither grows without bound in W. All times are seconds.
 *
 * @param compute forward and backward of one worker's batch on one thread, and what the worker says of it to the coordinator
 * @param jitter standard deviation of that from step to step
 * @param update the optimizer on all parameters on one thread; shards do a W-th each
 * @param parameterBytes B, of all parameters
 * @param round push and pull of next to nothing between two processes: what waking up and being woken costs
 * @param perByte processor time for one byte that leaves a worker as gradient: copied, added, published, copied again
 * @param perPacket of the media driver to send and receive one UDP packet
 * @param mtu longest UDP payload in bytes, see {@code cluster.mtu}
 * @param cores of the machine, shared by all workers on network {@code host}
 * @param crowding how many times longer all that runs on cores takes when each core has a worker: they may be threads of one
 *     physical core, and share caches, memory, the coordinator and the virtual machines' own threads
 */
record StepCost(
        double compute,
        double jitter,
        double update,
        double parameterBytes,
        double round,
        double perByte,
        double perPacket,
        int mtu,
        int cores,
        double crowding) {
    /** Aeron's and Covey's headers at the head of each packet. */
    private static final int FRAME_BYTES = 64;
    /** IP, UDP, and Ethernet with preamble, checksum and gap. */
    private static final int WIRE_BYTES = 28 + 38;

    /**
     * Where the time of a step goes.
     *
     * @param compute forward and backward
     * @param straggler waiting for the slowest worker
     * @param round waking up, and the network's round trip
     * @param processor copying, adding and updating
     * @param driver the media driver's packets
     * @param network bytes on the wire of one worker, each way
     */
    record Step(double compute, double straggler, double round, double processor, double driver, double network) {
        /** The exchange's resources work side by side, chunk by chunk; it begins after backward. */
        double total() {
            return compute + straggler + round + Math.max(processor, Math.max(driver, network));
        }

        /** The largest part. */
        String limit() {
            String name = "compute";
            double largest = compute;
            String[] names = {"straggler", "round trip", "processor", "media driver", "network"};
            double[] parts = {straggler, round, processor, driver, network};
            for (int i = 0; i < parts.length; i++) {
                if (parts[i] > largest) {
                    largest = parts[i];
                    name = names[i];
                }
            }
            return name;
        }
    }

    /** A step of {@code workers} workers, each with the batch that {@link #compute} is of. */
    Step step(int workers, SimulatedNetwork network) {
        // Processes that take turns on a core: their steps add up, and of those the slowest core's count.
        double turns = network.isHost() ? Math.max(1, (double) workers / cores) : 1;
        double slowdown = network.isHost() ? slowdown(workers) : 1;
        double sharing = slowdown * turns;
        int parallel = network.isHost() ? Math.min(workers, cores) : workers;
        double bytes = crossing(parameterBytes, workers);
        double packets = network.isHost() ? 0 : packets(workers);
        boolean alone = workers == 1;
        return new Step(
                compute * sharing,
                // The expected maximum of normal variables, each the sum of so many.
                jitter * Math.sqrt(2 * Math.log(parallel)) * Math.sqrt(turns) * slowdown,
                alone ? 0 : round * turns + network.roundTrip(),
                (perByte * bytes + update / workers) * sharing,
                packets * perPacket,
                network.isHost() ? 0 : (2 * bytes + packets * (FRAME_BYTES + WIRE_BYTES)) / network.bytesPerSecond());
    }

    /** Bytes of its gradients that a worker sends to others. */
    static double crossing(double parameterBytes, int workers) {
        return parameterBytes * (workers - 1) / workers;
    }

    /** The same machine, so crowded that a step of {@code workers} of its processes takes {@code seconds}. */
    StepCost withCrowdingOf(int workers, double seconds) {
        Step free = step(workers, SimulatedNetwork.of(SimulatedNetwork.HOST, 0));
        double slowdown = (seconds - free.round()) / (free.total() - free.round());
        double crowded = workers < cores ? 1 + (slowdown - 1) * (cores - 1) / (workers - 1) : slowdown;
        return new StepCost(
                compute, jitter, update, parameterBytes, round, perByte, perPacket, mtu, cores, Math.max(0, crowded));
    }

    /** Throughput of {@code workers} workers over that of one, over their number. */
    double efficiency(int workers, SimulatedNetwork network) {
        return step(1, network).total() / step(workers, network).total();
    }

    /** By how much a core is slower when so many workers are on this machine: in proportion while cores are left. */
    private double slowdown(int workers) {
        if (workers == 1) {
            return 1;
        }
        return workers < cores ? 1 + (crowding - 1) * (workers - 1) / (cores - 1) : crowding;
    }

    /** Packets that a worker sends per step, and as many that it receives: gradients to and parameters for all others. */
    private double packets(int workers) {
        return 2.0 * (workers - 1) * Math.ceil(parameterBytes / workers / (mtu - FRAME_BYTES));
    }
}
