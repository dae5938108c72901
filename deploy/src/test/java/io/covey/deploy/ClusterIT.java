package io.covey.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The same application on Spark's masters, with no JVM flag typed: the same bits. */
@Tag("cluster")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ClusterIT {
    private static final Path SPARK = Command.DISTRIBUTION.resolve("spark");

    /** In the log of a standalone master. */
    private static final Pattern MASTER_STARTED = Pattern.compile("Starting Spark master at (spark://\\S+)");

    @TempDir
    Path folder;

    @Test
    void shouldGiveTheSameWeightsOnEveryMaster() throws Exception {
        String laptop = Command.covey(SmallJob.train(folder.resolve("laptop")))
                .run(600)
                .expect(0)
                .weightsSha256();
        assertEquals(laptop, submit("local[2]", "local").weightsSha256(), "local[2]");
        assertEquals(laptop, submit("local-cluster[2,1,1024]", "local-cluster").weightsSha256(), "local-cluster");
        assertEquals(laptop, onStandaloneMaster(), "standalone");
        assertEquals(laptop, encrypted().weightsSha256(), "encrypted, with a secret that follows from Spark's");
    }

    @Test
    void shouldGiveTheSameWeightsWhenAnExecutorIsKilled() throws Exception {
        String[] settings = {"fit.epochs=60", "cluster.heartbeat_timeout=3 s"};
        String undisturbed = Command.covey(SmallJob.train(folder.resolve("undisturbed"), settings))
                .run(600)
                .expect(0)
                .weightsSha256();
        try (Command.Running running = spark(
                        "local-cluster[2,1,1024]", SmallJob.train(folder.resolve("killed"), settings))
                .start()) {
            awaitText(running, "Epoch 5/");
            executor(running).destroyForcibly();
            CommandResult result = running.await(600).expect(0);
            assertEquals(undisturbed, result.weightsSha256(), result::toString);
        }
    }

    @Test
    void shouldGiveTheSameWeightsWhenAnExecutorStopsForAWhile() throws Exception {
        String[] settings = {"fit.epochs=60", "cluster.heartbeat_timeout=3 s"};
        String undisturbed = Command.covey(SmallJob.train(folder.resolve("undisturbed"), settings))
                .run(600)
                .expect(0)
                .weightsSha256();
        try (Command.Running running = spark(
                        "local-cluster[2,1,1024]", SmallJob.train(folder.resolve("stopped"), settings))
                .start()) {
            awaitText(running, "Epoch 5/");
            ProcessHandle executor = executor(running);
            signal("-STOP", executor);
            try {
                // Training goes on without it.
                awaitText(running, "Epoch 8/");
            } finally {
                signal("-CONT", executor);
            }
            CommandResult result = running.await(600).expect(0);
            assertEquals(undisturbed, result.weightsSha256(), result::toString);
        }
    }

    @Test
    void shouldNameTheWorkerWhenItStopsAnsweringAndNoOtherComes() throws Exception {
        try (Command.Running running = spark(
                        "local-cluster[2,1,1024]",
                        SmallJob.train(
                                folder.resolve("stopped"),
                                "fit.epochs=500",
                                "cluster.min_workers=2",
                                "cluster.start_timeout=60 s",
                                "cluster.heartbeat_timeout=3 s"))
                .start()) {
            awaitText(running, "Epoch 2/");
            ProcessHandle executor = executor(running);
            try {
                signal("-STOP", executor);
                running.await(600)
                        .expect(1)
                        .errContains("has not been heard of")
                        .errContains("cluster.heartbeat_timeout")
                        .errContains("cluster.min_workers = 2")
                        .errContains("worker tasks");
            } finally {
                executor.destroyForcibly();
            }
        }
    }

    private static void awaitText(Command.Running running, String text) throws IOException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(300);
        while (!running.outSoFar().contains(text)) {
            assertTrue(
                    System.nanoTime() < deadlineNs && running.process().isAlive(),
                    "no '" + text + "' within 300 s: " + running.outSoFar() + running.errSoFar());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static ProcessHandle executor(Command.Running running) {
        return running.process()
                .descendants()
                .filter(p -> p.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                .findFirst()
                .orElseThrow();
    }

    private static void signal(String signal, ProcessHandle process) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                        .start()
                        .waitFor());
    }

    private CommandResult encrypted() throws Exception {
        List<String> options =
                List.of("--conf", "spark.authenticate=true", "--conf", "spark.authenticate.secret=only-for-this-test");
        return spark(
                        "local-cluster[2,1,1024]",
                        options,
                        SmallJob.train(folder.resolve("encrypted"), "cluster.encrypt=true"))
                .run(600)
                .expect(0);
    }

    private CommandResult submit(String master, String name) throws Exception {
        return spark(master, SmallJob.train(folder.resolve(name))).run(600).expect(0);
    }

    private String onStandaloneMaster() throws Exception {
        List<Command.Running> daemons = new ArrayList<>();
        try {
            daemons.add(daemon(
                            "org.apache.spark.deploy.master.Master",
                            "--host",
                            "127.0.0.1",
                            "--port",
                            "0",
                            "--webui-port",
                            "0")
                    .start());
            String url = masterUrl(daemons.get(0));
            for (int worker = 0; worker < 2; worker++) {
                daemons.add(daemon(
                                "org.apache.spark.deploy.worker.Worker",
                                "--host",
                                "127.0.0.1",
                                "--cores",
                                "1",
                                "--memory",
                                "1g",
                                "--webui-port",
                                "0",
                                "--work-dir",
                                folder.resolve("work" + worker).toString(),
                                url)
                        .start());
            }
            return submit(url, "standalone").weightsSha256();
        } finally {
            for (Command.Running daemon : daemons) {
                daemon.close();
            }
        }
    }

    private static Command daemon(String mainClass, String... arguments) {
        return Command.of(SPARK.resolve("bin/spark-class"), mainClass).with(arguments);
    }

    private static Command spark(String master, String... arguments) throws IOException {
        return spark(master, List.of(), arguments);
    }

    private static Command spark(String master, List<String> options, String... arguments) throws IOException {
        Path lib = Command.DISTRIBUTION.resolve("lib");
        List<Path> jars;
        try (Stream<Path> files = Files.list(lib)) {
            jars = files.sorted().toList();
        }
        Path application = jars.stream()
                .filter(jar -> jar.getFileName().toString().startsWith("spark-driver-"))
                .findFirst()
                .orElseThrow();
        String others = jars.stream()
                .filter(jar -> !jar.equals(application))
                .map(Path::toString)
                .collect(Collectors.joining(","));
        return Command.of(SPARK.resolve("bin/spark-submit"), options.toArray(String[]::new))
                .with(
                        "--master",
                        master,
                        "--class",
                        "io.covey.spark.cli.Main",
                        "--jars",
                        others,
                        application.toString())
                .with(Arrays.copyOf(arguments, arguments.length));
    }

    /** Waits until the master has taken a port and says which. */
    private static String masterUrl(Command.Running master) throws IOException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(300);
        while (true) {
            Matcher started = MASTER_STARTED.matcher(master.errSoFar());
            if (started.find()) {
                return started.group(1);
            }
            assertTrue(System.nanoTime() < deadlineNs && master.process().isAlive(), "no master: " + master.errSoFar());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
