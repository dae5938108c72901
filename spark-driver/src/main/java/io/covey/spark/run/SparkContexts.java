package io.covey.spark.run;

import io.covey.spark.job.JobConfig;
import io.covey.trainer.Counted;
import io.covey.trainer.CoveyException;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkIllegalArgumentException;

/** Starts the Spark application of a job. */
final class SparkContexts {
    private static final String MAX_FAILURES = "100";
    private static final String LOOPBACK = "127.0.0.1";

    private SparkContexts() {}

    /**
     * The Spark context of this process, made if there is none.
     *
     * @param name of the job
     * @param master Spark's master URL, or null: then spark-submit's, then the job's, then this machine
     * @throws CoveyException a caller's error when a local master has too few threads for the workers
     */
    static SparkContext start(String name, JobConfig.Cluster cluster, String master) {
        int tasks = Math.addExact(cluster.workers(), cluster.servers().dedicatedTasks());
        int slots = Math.multiplyExact(tasks, cluster.lanes());
        SparkConf conf = new SparkConf();
        conf.setIfMissing("spark.app.name", name);
        if (master != null) {
            conf.set("spark.master", master);
        } else if (cluster.master() != null) {
            conf.setIfMissing("spark.master", cluster.master());
        } else {
            conf.setIfMissing(
                    "spark.master",
                    "local[" + Math.max(slots, Runtime.getRuntime().availableProcessors()) + "]");
        }
        // A lost worker's task is started anew, and joins; a run that fails ends its tasks itself.
        conf.setIfMissing("spark.task.maxFailures", MAX_FAILURES);
        conf.setIfMissing("spark.task.cpus", Integer.toString(cluster.lanes()));
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        if (conf.get("spark.master").startsWith("local[")) {
            conf.setIfMissing("spark.driver.host", LOOPBACK);
            conf.setIfMissing("spark.driver.bindAddress", LOOPBACK);
            conf.setIfMissing("spark.ui.enabled", "false");
        }
        if (!conf.get("spark.master").startsWith("local[")) {
            // spark-submit names Covey's jars for the executors, bin/covey does not.
            conf.setIfMissing("spark.jars", jarsBesideSparks());
        }
        SparkContext context = start(conf);
        if (context.isLocal() && context.defaultParallelism() < slots) {
            String url = context.master();
            context.stop();
            throw CoveyException.caller("cluster.workers is " + cluster.workers() + " with "
                    + Counted.of(cluster.lanes(), "lane") + " each"
                    + (cluster.servers().dedicated()
                            ? " beside " + Counted.of(cluster.servers().shards(), "dedicated server")
                            : "")
                    + ", but master " + url + " runs "
                    + Counted.of(context.defaultParallelism(), "thread")
                    + ": all workers run at the same time, give it at least local[" + slots + "]");
        }
        return context;
    }

    /** @throws CoveyException a caller's error when Spark refuses the settings, or its master does not answer */
    private static SparkContext start(SparkConf conf) {
        String master = conf.get("spark.master");
        SparkContext context;
        try {
            context = SparkContext.getOrCreate(conf);
        } catch (SparkIllegalArgumentException e) {
            throw CoveyException.caller(
                    "Spark does not start with master " + master + ": " + e.getMessage()
                            + " With bin/covey set COVEY_JAVA_OPTS=-Xmx1g.",
                    e);
        } catch (Exception e) { // Scala throws SparkException without declaring it
            throw CoveyException.caller("Spark does not start with master " + master + ": " + e.getMessage(), e);
        }
        if (context.isStopped()) {
            throw CoveyException.caller("Spark's master " + master
                    + " does not answer, or refused this application; correct --master or cluster.master, or start it");
        }
        return context;
    }

    /** The jars of the class path that are not in Spark's folder, as {@code spark.jars} wants them. */
    private static String jarsBesideSparks() {
        Path spark = jar(SparkContext.class).getParent();
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .filter(entry -> !spark.equals(
                        Path.of(entry).toAbsolutePath().normalize().getParent()))
                .collect(Collectors.joining(","));
    }

    private static Path jar(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath()
                    .normalize();
        } catch (URISyntaxException e) {
            throw CoveyException.failure("cannot find the jar of " + type.getName(), e);
        }
    }
}
