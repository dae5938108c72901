package io.covey.spark.run;

import io.covey.server.checkpoint.HadoopFileStore;
import io.covey.server.client.MemoryBudget;
import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.server.transport.LinkOptions;
import io.covey.server.transport.TransportConfig;
import io.covey.server.worker.WorkerConfig;
import io.covey.server.worker.WorkerRuntime;
import io.covey.spark.data.WorkerRdd;
import io.covey.spark.job.JobConfig;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.agrona.concurrent.SystemNanoClock;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * One worker, or one dedicated server, as a Spark task.
 *
 * @param coordinator the run to join
 * @param secret of the run
 * @param cluster its settings
 * @param spec what is trained
 * @param timeouts how long to wait
 * @param hadoop configuration of the file systems
 * @param restorePrefix checkpoint to start from, or null
 */
record WorkerTask(
        CoordinatorAddress coordinator,
        SecretTicket secret,
        JobConfig.Cluster cluster,
        TrainingSpec spec,
        ClusterTimeouts timeouts,
        SerializableConfiguration hadoop,
        String restorePrefix)
        implements WorkerRdd.WorkerTask<Integer> {
    private static final String LOCAL_DRIVER = "driver";

    @Override
    public Integer run(int worker, Function<Set<Integer>, List<VirtualShard>> shards, TaskContext context) {
        SparkEnv env = SparkEnv.get();
        // In local mode the workers share the driver's process, and with it its place in the network.
        boolean inDriver = env.executorId().equals(LOCAL_DRIVER);
        String host = inDriver
                ? env.conf().get("spark.driver.host")
                : env.blockManager().blockManagerId().host();
        WorkerConfig config = new WorkerConfig(
                number(worker, context.attemptNumber(), cluster.tasks()),
                worker >= cluster.maxWorkers(),
                coordinator,
                inDriver ? driversTransport(host, env) : transport(host, env),
                spec,
                cluster.mode(),
                cluster.lanes(),
                timeouts,
                restorePrefix);
        HadoopFileStore files = new HadoopFileStore(hadoop.value());
        new WorkerRuntime(config, shards, files, context::isInterrupted, SystemNanoClock.INSTANCE).run();
        return worker;
    }

    /** Number of the worker that attempt {@code attempt} of task {@code partition} runs: one of its own for each attempt. */
    static int number(int partition, int attempt, int partitions) {
        return Math.addExact(partition, Math.multiplyExact(attempt, partitions));
    }

    private TransportConfig transport(String host, SparkEnv env) {
        return transport(
                coordinator.jobId(),
                cluster,
                host,
                cluster.port(),
                secret.redeem(env),
                MemoryBudget.leastSharedBytes(cluster.tasks(), cluster.servers().shards(), cluster.replicas()));
    }

    /** The driver has chosen a directory, which has less room now. */
    private TransportConfig driversTransport(String host, SparkEnv env) {
        TransportConfig config = transport(coordinator.jobId(), cluster, host, cluster.port(), secret.redeem(env), 0);
        Path chosen = Path.of(coordinator.member().aeronDirectory()).getParent().getParent();
        return new TransportConfig(
                config.jobId(), config.host(), config.port(), chosen, config.security(), config.options());
    }

    /** @param sharedBytes that a media driver's directory must have room for */
    static TransportConfig transport(
            String jobId, JobConfig.Cluster cluster, String sparkHost, int port, JobSecret secret, long sharedBytes) {
        JobSecurity security = new JobSecurity(secret, cluster.encrypt());
        String host = cluster.host() != null ? cluster.host() : sparkHost;
        // A network that is down for less than the heartbeat's timeout must not lose frames.
        LinkOptions options = LinkOptions.defaults()
                .withMtu(cluster.mtu() == null ? 0 : cluster.mtu())
                .withHeartbeatTimeout(cluster.timeouts().heartbeat().toNanos());
        if (cluster.aeronDirectory() != null) {
            return new TransportConfig(jobId, host, port, Path.of(cluster.aeronDirectory()), security, options);
        }
        Path directory = TransportConfig.of(jobId, host, security).baseDirectory();
        return new TransportConfig(jobId, host, port, directory, security, options)
                .withRoomFor(sharedBytes, TransportConfig.temporaryDirectory());
    }
}
