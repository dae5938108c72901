package io.covey.spark.run;

import io.covey.server.client.MemoryBudget;
import io.covey.server.control.ClusterTimeouts;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.coordinator.CoordinatorConfig;
import io.covey.server.coordinator.Elasticity;
import io.covey.server.transport.TransportConfig;
import io.covey.server.transport.TransportNode;
import io.covey.spark.data.WorkerRdd;
import io.covey.spark.job.JobConfig;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.agrona.concurrent.SystemNanoClock;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.reflect.ClassTag$;

/**
 * A job's workers as one Spark stage of long-running tasks, and the coordinator that leads them. Closing it ends the workers
 * and leaves the Spark context to its owner.
 */
final class SparkCluster implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(SparkCluster.class);

    /** Tasks that wait for room have nothing to do once the others have ended. */
    private static final long ELASTIC_SHUTDOWN_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long TASK_END_NS = TimeUnit.SECONDS.toNanos(2);

    private final SparkContext spark;
    private final WorkerTaskListener listener;
    private final TransportNode node;
    private final Coordinator coordinator;
    private final JavaRDD<VirtualShard> input;
    private final JavaFutureAction<Void> stage;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final boolean tasksMayWait;
    private final long shutdownNs;

    private SparkCluster(
            SparkContext spark,
            WorkerTaskListener listener,
            TransportNode node,
            Coordinator coordinator,
            JavaRDD<VirtualShard> input,
            JavaFutureAction<Void> stage,
            boolean tasksMayWait,
            long shutdownNs) {
        this.spark = spark;
        this.listener = listener;
        this.tasksMayWait = tasksMayWait;
        this.node = node;
        this.coordinator = coordinator;
        this.input = input;
        this.stage = stage;
        this.shutdownNs = shutdownNs;
    }

    /**
     * Starts the workers and waits until they are ready to train.
     *
     * @param name of the job
     * @param loader gives a virtual shard by its number, in an executor
     * @param restorePrefix checkpoint that the server shards start from, or null for initial weights
     */
    static SparkCluster start(
            SparkContext spark,
            String name,
            JobConfig.Cluster cluster,
            TrainingSpec spec,
            Function<Integer, VirtualShard> loader,
            FileStore files,
            String restorePrefix) {
        ClusterTimeouts timeouts = timeouts(cluster.timeouts());
        String jobId = UUID.randomUUID().toString();
        SecretTicket secret = SecretTicket.issue(spark.env());
        TransportConfig transport = WorkerTask.transport(
                jobId,
                cluster,
                spark.conf().get("spark.driver.host"),
                spark.isLocal() ? cluster.port() : 0,
                secret.redeem(spark.env()),
                MemoryBudget.coordinatorBytes(cluster.tasks()));
        TransportNode node = TransportNode.acquire(transport);
        Coordinator coordinator;
        try {
            coordinator = new Coordinator(
                    new CoordinatorConfig(
                            jobId,
                            cluster.workers(),
                            cluster.servers().shards(),
                            cluster.servers().dedicatedTasks(),
                            spec,
                            timeouts,
                            new Elasticity(cluster.minWorkers(), cluster.maxWorkers(), cluster.replicas())),
                    node,
                    files,
                    SystemNanoClock.INSTANCE);
        } catch (RuntimeException | Error e) {
            node.close();
            throw e;
        }
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
        JavaRDD<VirtualShard> input = context.parallelize(
                        IntStream.range(0, spec.virtualShards()).boxed().toList(), spec.virtualShards())
                .map(loader)
                .persist(StorageLevel.MEMORY_AND_DISK());
        WorkerTask task = new WorkerTask(coordinator.address(), secret, cluster, spec, timeouts, hadoop, restorePrefix);
        WorkerRdd<Integer> workers = new WorkerRdd<>(input.rdd(), cluster.tasks(), task);
        WorkerTaskListener listener =
                new WorkerTaskListener(jobId, cluster.tasks(), coordinator::workerLost, coordinator::fail);
        spark.addSparkListener(listener);
        coordinator.describeResources(listener::describe);
        context.setJobGroup(jobId, name);
        JavaFutureAction<Void> stage = JavaRDD.fromRDD(workers, ClassTag$.MODULE$.<Integer>apply(Integer.class))
                .foreachAsync(worker -> LOGGER.info("worker {} ended", worker));
        context.clearJobGroup();
        SparkCluster started = new SparkCluster(
                spark,
                listener,
                node,
                coordinator,
                input,
                stage,
                cluster.maxWorkers() > cluster.workers(),
                timeouts.shutdownNs());
        started.watchStage();
        try {
            coordinator.awaitWorkers();
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    private static ClusterTimeouts timeouts(JobConfig.Timeouts job) {
        return new ClusterTimeouts(
                job.start().toNanos(),
                job.connect().toNanos(),
                job.step().toNanos(),
                job.heartbeat().toNanos(),
                job.checkpoint().toNanos(),
                job.shutdown().toNanos());
    }

    Coordinator coordinator() {
        return coordinator;
    }

    /** Spark tells of the stage's end only to who waits for it. */
    private void watchStage() {
        Thread watcher = new Thread(
                () -> {
                    try {
                        stage.get();
                    } catch (ExecutionException e) {
                        coordinator.fail(e.getCause());
                    } catch (InterruptedException | RuntimeException e) {
                        coordinator.fail(e);
                    } finally {
                        ended.complete(null);
                    }
                },
                "covey-stage-watcher");
        watcher.setDaemon(true);
        watcher.start();
    }

    @Override
    public void close() {
        coordinator.close();
        try {
            ended.get(tasksMayWait ? Math.min(ELASTIC_SHUTDOWN_NS, shutdownNs) : shutdownNs, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (!tasksMayWait) {
                LOGGER.warn(
                        "the workers' stage has not ended within {} ms: cancelling it",
                        TimeUnit.NANOSECONDS.toMillis(shutdownNs));
            }
            stage.cancel(true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stage.cancel(true);
        } catch (ExecutionException e) {
            throw CoveyException.failure("the workers' stage ended with " + e.getCause(), e.getCause());
        } finally {
            // While no task holds a block, and not in the background: the context's end would interrupt Spark's thread
            // that removes it. What stays is garbage, which Spark removes by itself.
            if (listener.awaitTasks(TASK_END_NS)) {
                input.unpersist(true);
            }
            spark.removeSparkListener(listener);
            node.close();
        }
    }
}
