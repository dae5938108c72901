package io.covey.spark.job;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.transport.LinkOptions;
import io.covey.spark.job.JobConfig.Cluster;
import io.covey.spark.job.JobConfig.Servers;
import io.covey.spark.job.JobConfig.Timeouts;
import io.covey.spark.job.JobConfig.Wire;
import io.covey.trainer.wire.WireFormat;
import io.covey.trainer.wire.WireFormats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The section {@code cluster}: processes, where they run, and how long each may take. */
final class ClusterSchema {
    private static final Key<Cluster, Integer> WORKERS = Key.optional(
                    "workers", ScalarTypes.integer(1), Cluster::workers, 1, "worker tasks that train")
            .changeable();
    private static final Key<Cluster, Integer> VIRTUAL_SHARDS = Key.derived(
            "virtual_shards",
            ScalarTypes.integer(1),
            Cluster::virtualShards,
            "`cluster.workers` * `cluster.lanes`",
            "parts of each batch; the bits depend on them and not on the workers that share them");
    private static final Key<Cluster, Servers> SERVERS = Key.derived(
                    "servers",
                    new ServersType(),
                    Cluster::servers,
                    "`cluster.workers`, or {dedicated: 1} in modes that need it",
                    "shards of the parameter server on the workers, or in tasks of their own that do not train")
            .changeable();
    private static final Key<Cluster, String> MASTER = Key.derived(
                    "master",
                    ScalarTypes.TEXT,
                    Cluster::master,
                    "spark-submit's, else this machine",
                    "Spark master URL")
            .changeable();
    private static final Key<Cluster, Integer> LANES = Key.optional(
                    "lanes",
                    ScalarTypes.integer(1),
                    Cluster::lanes,
                    1,
                    "threads per worker, each on its own virtual shard")
            .changeable();
    private static final Key<Cluster, Integer> MIN_WORKERS = Key.optional(
                    "min_workers",
                    ScalarTypes.integer(1),
                    Cluster::minWorkers,
                    1,
                    "fewest workers that training goes on with when others are lost")
            .changeable();
    private static final Key<Cluster, Integer> MAX_WORKERS = Key.derived(
                    "max_workers",
                    ScalarTypes.integer(1),
                    // The default is not written: a resume with another number of workers must not meet it.
                    (Cluster cluster) -> cluster.maxWorkers() == cluster.workers() ? null : cluster.maxWorkers(),
                    "`cluster.workers`",
                    "most workers that take part; those beyond `cluster.workers` join when Spark has room for them")
            .changeable();
    private static final Key<Cluster, Integer> REPLICAS = Key.derived(
                    "replicas",
                    ScalarTypes.integer(0, 1),
                    Cluster::replicas,
                    "1 in mode sync without backup workers, `threshold` and `top_k`, else 0",
                    "copies of each server shard in another executor; 0: a lost worker sends all back to the newest"
                            + " checkpoint")
            .changeable();
    private static final Key<Cluster, Duration> START_TIMEOUT = timeout(
            "start_timeout",
            Timeouts::start,
            ClusterTimeouts.START_DEFAULT_NS,
            "until all workers have registered, or others in place of lost ones");
    private static final Key<Cluster, Duration> CONNECT_TIMEOUT = timeout(
            "connect_timeout",
            Timeouts::connect,
            ClusterTimeouts.CONNECT_DEFAULT_NS,
            "until all workers have reached each other");
    private static final Key<Cluster, Duration> STEP_TIMEOUT = timeout(
            "step_timeout",
            Timeouts::step,
            ClusterTimeouts.STEP_DEFAULT_NS,
            "from a step's gradients until its parameters");
    private static final Key<Cluster, Duration> HEARTBEAT_TIMEOUT = timeout(
            "heartbeat_timeout",
            Timeouts::heartbeat,
            ClusterTimeouts.HEARTBEAT_DEFAULT_NS,
            "silence after which a worker is lost");
    private static final Key<Cluster, Duration> CHECKPOINT_TIMEOUT = timeout(
            "checkpoint_timeout",
            Timeouts::checkpoint,
            ClusterTimeouts.CHECKPOINT_DEFAULT_NS,
            "from a snapshot until its commit");
    private static final Key<Cluster, Duration> SHUTDOWN_TIMEOUT = timeout(
            "shutdown_timeout",
            Timeouts::shutdown,
            ClusterTimeouts.SHUTDOWN_DEFAULT_NS,
            "until all workers have ended");
    private static final Key<Cluster, String> AERON_DIRECTORY = Key.derived(
                    "aeron_directory",
                    ScalarTypes.LOCAL_FOLDER,
                    Cluster::aeronDirectory,
                    "`/dev/shm`, else the folder of temporary files",
                    "where media drivers keep their buffers")
            .changeable();
    private static final Key<Cluster, String> HOST = Key.derived(
                    "host", ScalarTypes.TEXT, Cluster::host, "Spark's", "address that workers listen on")
            .changeable();
    private static final Key<Cluster, Integer> PORT = Key.optional(
                    "port", ScalarTypes.integer(0, 65_535), Cluster::port, 0, "UDP port that workers listen on; 0: any")
            .changeable();

    private static final Key<Cluster, Integer> MTU = Key.derived(
                    "mtu",
                    ScalarTypes.integer(LinkOptions.MTU_MIN, LinkOptions.MTU_MAX),
                    Cluster::mtu,
                    "the network interface's",
                    "longest packet to other hosts in bytes")
            .changeable();
    private static final Key<Cluster, Boolean> ENCRYPT = Key.optional(
                    "encrypt",
                    ScalarTypes.BOOLEAN,
                    Cluster::encrypt,
                    false,
                    "whether all that workers and driver say to each other is encrypted")
            .changeable();

    private static final String FLOAT32 = "float32";
    private static final Key<Cluster, Named> GRADIENT_FORMAT = Key.derived(
            "gradient_format",
            new NamedType("wire format", Set.of(), Set.of(), WireFormat::of),
            cluster -> cluster.wire().gradients(),
            FLOAT32,
            "how gradients travel: float32, float16, bfloat16, int8, {threshold: {factor: 1}} or {top_k: {ratio: 0.01}}");
    private static final Key<Cluster, Named> PARAMETER_FORMAT = Key.derived(
            "parameter_format",
            new NamedType(
                    "wire format",
                    Set.of(),
                    Set.of(),
                    (name, arguments) -> new WireFormats(WireFormat.float32(), WireFormat.of(name, arguments))),
            cluster -> cluster.wire().parameters(),
            FLOAT32,
            "how parameters travel: float32, float16, bfloat16 or int8; server shards keep and save float32");

    static final Section<Cluster> CLUSTER = new Section<>(
            ClusterSchema::cluster,
            withMode(List.of(
                    WORKERS,
                    VIRTUAL_SHARDS,
                    SERVERS,
                    MASTER,
                    LANES,
                    MIN_WORKERS,
                    MAX_WORKERS,
                    REPLICAS,
                    START_TIMEOUT,
                    CONNECT_TIMEOUT,
                    STEP_TIMEOUT,
                    HEARTBEAT_TIMEOUT,
                    CHECKPOINT_TIMEOUT,
                    SHUTDOWN_TIMEOUT,
                    AERON_DIRECTORY,
                    HOST,
                    PORT,
                    MTU,
                    ENCRYPT,
                    GRADIENT_FORMAT,
                    PARAMETER_FORMAT)));

    private ClusterSchema() {}

    /** Those of the mode before the master's. */
    private static List<Key<Cluster, ?>> withMode(List<Key<Cluster, ?>> others) {
        List<Key<Cluster, ?>> keys = new ArrayList<>(others);
        keys.addAll(keys.indexOf(MASTER), ModeSchema.KEYS);
        return keys;
    }

    private static Key<Cluster, Duration> timeout(
            String name, Function<Timeouts, Duration> getter, long defaultNs, String doc) {
        return Key.optional(
                        name,
                        ScalarTypes.DURATION_TYPE,
                        (Cluster cluster) -> getter.apply(cluster.timeouts()),
                        Duration.ofNanos(defaultNs),
                        doc)
                .changeable();
    }

    private static Cluster cluster(Values v) {
        int workers = v.get(WORKERS);
        int lanes = v.get(LANES);
        ExchangeMode mode = ModeSchema.mode(v);
        if (mode == null) {
            return null;
        }
        Wire wire = new Wire(v.get(GRADIENT_FORMAT), v.get(PARAMETER_FORMAT));
        return new Cluster(
                workers,
                v.get(VIRTUAL_SHARDS, saturatedProduct(workers, lanes)),
                v.get(SERVERS, defaultServers(mode, workers)),
                mode,
                v.get(MASTER),
                lanes,
                v.get(MIN_WORKERS),
                v.get(MAX_WORKERS, workers),
                v.get(REPLICAS, mode.allowsReplicas() && !wire.keepsResiduals() ? 1 : 0),
                new Timeouts(
                        v.get(START_TIMEOUT),
                        v.get(CONNECT_TIMEOUT),
                        v.get(STEP_TIMEOUT),
                        v.get(HEARTBEAT_TIMEOUT),
                        v.get(CHECKPOINT_TIMEOUT),
                        v.get(SHUTDOWN_TIMEOUT)),
                v.get(AERON_DIRECTORY),
                v.get(HOST),
                v.get(PORT),
                v.get(MTU),
                v.get(ENCRYPT),
                wire);
    }

    /** Workers that host shards would hold up the others while they compute. */
    private static Servers defaultServers(ExchangeMode mode, int workers) {
        return mode instanceof ExchangeMode.Relaxed ? new Servers(1, true) : new Servers(workers, false);
    }

    /** Too many are reported as such later on. */
    private static int saturatedProduct(int a, int b) {
        return (int) Math.min(Integer.MAX_VALUE, (long) a * b);
    }
}
