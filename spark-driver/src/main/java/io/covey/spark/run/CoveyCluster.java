package io.covey.spark.run;

import io.covey.server.checkpoint.HadoopFileStore;
import io.covey.server.control.ProductVersion;
import io.covey.server.coordinator.Coordinator;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.spark.job.JobConfig;
import io.covey.spark.job.JobFile;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.optimizer.UpdatePlan;
import io.covey.trainer.training.CheckpointOptions;
import io.covey.trainer.training.TrainingBackend;
import io.covey.trainer.training.TrainingCluster;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingVariables;
import io.covey.trainer.training.VirtualShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A Spark cluster on which {@code KerasModel.fit} trains and {@code evaluate} measures, with a parameter server shard on each
 * worker:
 *
 * <pre>{@code
 * try (CoveyCluster cluster = CoveyCluster.on(spark, "hdfs:///user/me/run", "workers=4", "lanes=2")) {
 *     model.fit(train, fit().epochs(10).on(cluster));
 *     Map<String, Double> measured = model.evaluate(test, inference().on(cluster));
 * }
 * }</pre>
 *
 * <p>Each call writes the weights that it begins with to the folder as a checkpoint, from which the server shards start, and a
 * training those of every epoch, from which lost workers are replaced; the last one stays there. Data sets in memory are handed
 * to the executors that train them. Used by one thread.
 */
public final class CoveyCluster implements TrainingCluster, AutoCloseable {
    private static final String NAME = "covey";
    private static final int KEPT = 2;

    private final SparkContext spark;
    private final boolean ownsSpark;
    private final JobConfig.Cluster cluster;
    private final String folder;
    private final FileStore files;

    private CoveyCluster(SparkContext spark, boolean ownsSpark, JobConfig.Cluster cluster, String folder) {
        this.spark = spark;
        this.ownsSpark = ownsSpark;
        this.cluster = cluster;
        this.folder = JobFile.absolute(folder);
        this.files = new HadoopFileStore(spark.hadoopConfiguration());
    }

    /**
     * Trains on the executors of a Spark context, which stays the caller's to stop.
     *
     * @param folder of the checkpoints: a path or URI that all executors can write to
     * @param settings those of a job file's section {@code cluster}, as {@code "workers=4"}
     * @throws CoveyException a caller's error that names a wrong setting
     */
    public static CoveyCluster on(SparkContext spark, String folder, String... settings) {
        return new CoveyCluster(spark, false, JobFile.cluster(NAME, List.of(settings)), folder);
    }

    /** The same on a Spark context of its own: spark-submit's master, else this machine. */
    public static CoveyCluster start(String folder, String... settings) {
        JobConfig.Cluster cluster = JobFile.cluster(NAME, List.of(settings));
        return new CoveyCluster(SparkContexts.start(NAME, cluster, null), true, cluster, folder);
    }

    @Override
    public Set<String> logNames() {
        return Coordinator.logNames(cluster.mode());
    }

    @Override
    public int virtualShards(int batchSize) {
        if (cluster.virtualShards() > batchSize) {
            throw CoveyException.caller("virtual_shards is " + cluster.virtualShards()
                    + ", it can be at most batch_size = " + batchSize
                    + ": each virtual shard needs a sample of each batch");
        }
        return cluster.virtualShards();
    }

    @Override
    public Session start(TrainingSpec spec, List<VirtualShard> shards, TrainingVariables variables, long iterations) {
        ParameterLayout layout = spec.model().layout();
        long most = new UpdatePlan(layout, spec.optimizer()).maxShards();
        if (cluster.servers().shards() > most) {
            throw CoveyException.caller("servers is " + cluster.servers().shards()
                    + ", this model with its optimizer can be cut into 1 to " + most + " server shards");
        }
        ExchangeConfig.requireSuited(layout, spec.optimizer(), cluster.mode());
        TrainingSpec travelling = spec.withWire(cluster.wire().toFormats());
        CheckpointDirectory checkpoints = new CheckpointDirectory(files, folder, KEPT);
        String first = InitialWeights.write(checkpoints, files, spec, variables, iterations, "");
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
        List<Broadcast<VirtualShard>> data = new ArrayList<>();
        shards.forEach(shard -> data.add(context.broadcast(shard)));
        try {
            SparkCluster started = SparkCluster.start(
                    spark, NAME, cluster, travelling, shard -> data.get(shard).value(), files, first);
            return new ClusterSession(started, data, checkpoints, spec);
        } catch (RuntimeException | Error e) {
            data.forEach(Broadcast::destroy);
            throw e;
        }
    }

    /** Stops the Spark context if it was started here. */
    @Override
    public void close() {
        if (ownsSpark) {
            spark.stop();
        }
    }

    private final class ClusterSession implements Session {
        private final SparkCluster started;
        private final List<Broadcast<VirtualShard>> data;
        private final CheckpointDirectory checkpoints;
        private final TrainingSpec spec;

        ClusterSession(
                SparkCluster started,
                List<Broadcast<VirtualShard>> data,
                CheckpointDirectory checkpoints,
                TrainingSpec spec) {
            this.started = started;
            this.data = data;
            this.checkpoints = checkpoints;
            this.spec = spec;
        }

        @Override
        public TrainingBackend backend() {
            return started.coordinator();
        }

        @Override
        public CheckpointOptions checkpoints() {
            return new CheckpointOptions(
                    checkpoints,
                    1,
                    CheckpointOptions.Unit.EPOCHS,
                    cluster.timeouts().checkpoint().toNanos(),
                    "",
                    ProductVersion.versions());
        }

        @Override
        public void read(String checkpointPrefix, TrainingVariables variables) {
            ParameterLayout layout = spec.model().layout();
            checkpoints.readRange(
                    checkpointPrefix,
                    layout,
                    spec.optimizer().slots(),
                    new ShardRange(0, 0, layout.length()),
                    variables.parameters(),
                    variables.slots().toArray(NativeFloats[]::new));
        }

        @Override
        public void close() {
            try {
                started.close();
            } finally {
                data.forEach(Broadcast::destroy);
            }
        }
    }
}
