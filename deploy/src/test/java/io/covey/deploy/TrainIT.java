package io.covey.deploy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The command of the README, and what a user does next. */
@Tag("cluster")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class TrainIT {
    private static final Pattern TEST_ACCURACY = Pattern.compile("test.*accuracy: (0\\.\\d+)");

    @TempDir
    Path folder;

    @Test
    void shouldReachTheAccuracyOfKerasWhenTheExampleRuns() throws Exception {
        CommandResult result = Command.covey(
                        "train",
                        SmallJob.JOB.toString(),
                        "--run-dir",
                        folder.resolve("run").toString())
                .run(600)
                .expect(0);
        Matcher accuracy = TEST_ACCURACY.matcher(result.out());
        assertTrue(accuracy.find(), result::toString);
        double value = Double.parseDouble(accuracy.group(1));
        assertTrue(value >= 0.960 && value <= 0.980, () -> "test accuracy " + value + "\n" + result);
        result.outContains("Total params: 316,810").outContains("history.csv");
        assertEquals(
                11,
                Files.readAllLines(folder.resolve("run/history.csv")).size(),
                "a header and ten epochs in history.csv");
    }

    @Test
    void shouldGiveTheSameWeightsWhenInterruptedAndResumed() throws Exception {
        String uninterrupted = Command.covey(SmallJob.train(folder.resolve("whole"), "fit.epochs=60"))
                .run(600)
                .expect(0)
                .weightsSha256();
        Path run = folder.resolve("interrupted");
        stopAfter("Epoch 2/60", "INT", "Ctrl-C", Command.covey(SmallJob.train(run, "fit.epochs=60")));
        stopAfter("Epoch 12/60", "TERM", "SIGTERM", Command.covey("resume", run.toString()));
        stopAfter("Epoch 22/60", "HUP", "SIGHUP", Command.covey("resume", run.toString()));
        CommandResult resumed = Command.covey("resume", run.toString()).run(600).expect(0);
        assertEquals(uninterrupted, resumed.weightsSha256(), resumed::toString);
        CommandResult evaluated =
                Command.covey("evaluate", run.toString()).run(600).expect(0).outContains("accuracy");
        assertEquals(uninterrupted, evaluated.weightsSha256(), evaluated::toString);
    }

    @Test
    void shouldGiveTheSameWeightsWithDedicatedServers() throws Exception {
        String hosted = Command.covey(SmallJob.train(folder.resolve("hosted")))
                .run(600)
                .expect(0)
                .weightsSha256();
        CommandResult dedicated = Command.covey(SmallJob.train(
                        folder.resolve("dedicated"), "cluster.servers={dedicated: 2}", "cluster.workers=3"))
                .run(600)
                .expect(0)
                .outContains("2 server shards in tasks of their own");
        assertEquals(hosted, dedicated.weightsSha256(), dedicated::toString);
    }

    @Test
    void shouldGoOnFromTheBackupWhenTheJobIsTrainedAgainAfterItsDriverWasKilled() throws Exception {
        String whole = Command.covey(SmallJob.train(folder.resolve("whole"), "fit.epochs=40"))
                .run(600)
                .expect(0)
                .weightsSha256();
        Path backup = folder.resolve("backup");
        String callbacks = "fit.callbacks=[backup_and_restore: {backup_dir: " + backup + "}]";
        try (Command.Running running = Command.covey(
                        SmallJob.train(folder.resolve("killed"), "fit.epochs=40", callbacks))
                .start()) {
            awaitText(running, "Epoch 3/40");
            running.process().destroyForcibly();
            running.await(60);
        }
        CommandResult again = Command.covey(SmallJob.train(folder.resolve("again"), "fit.epochs=40", callbacks))
                .run(600)
                .expect(0);
        assertEquals(whole, again.weightsSha256(), again::toString);
        assertFalse(again.out().contains("Epoch 1/40"), again::toString);
        assertFalse(Files.exists(backup), "the backup is deleted at the end");
    }

    @Test
    void shouldListTheTensorsOfACheckpoint() throws Exception {
        Path run = folder.resolve("run");
        Command.covey(SmallJob.train(run)).run(600).expect(0);
        Command.covey("checkpoint", "ls", run.toString())
                .run(600)
                .expect(0)
                .outContains("layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE")
                .outContains("ok");
    }

    private static double loadPerCore() {
        OperatingSystemMXBean machine = ManagementFactory.getOperatingSystemMXBean();
        return machine.getSystemLoadAverage() / machine.getAvailableProcessors();
    }

    /** A signal must end the run within five seconds, with a checkpoint of its last step and nothing left behind. */
    private static void stopAfter(String text, String signal, String shown, Command command)
            throws IOException, InterruptedException {
        long pid;
        try (Command.Running running = command.start()) {
            pid = running.process().pid();
            awaitText(running, text);
            // Five seconds where a core is free; what else runs on the machine takes its share.
            long limitMs = (long) (5000 * Math.max(1, loadPerCore()));
            long signalledNs = System.nanoTime();
            assertEquals(
                    0,
                    new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                            .start()
                            .waitFor());
            CommandResult result = running.await(60).expect(130);
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - signalledNs);
            assertTrue(tookMs < limitMs, () -> shown + " took " + tookMs + " ms of " + limitMs + "\n" + result);
            result.outContains("covey resume").errContains(shown + ": stopping at the next step");
        }
        assertEquals(List.of(), leftInSharedMemory(pid), "left in /dev/shm");
    }

    private static void awaitText(Command.Running running, String text) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
        while (!running.outSoFar().contains(text)) {
            assertTrue(System.nanoTime() < deadlineNs, "no '" + text + "' within 180 s");
            assertFalse(running.process().waitFor(10, TimeUnit.MILLISECONDS), "the command ended early");
        }
    }

    /** Transport directories carry their process' number. */
    private static List<String> leftInSharedMemory(long pid) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/dev/shm"))) {
            return entries.map(Path::toString)
                    .filter(name -> name.contains("covey") && name.endsWith("-" + pid))
                    .toList();
        }
    }
}
