package io.covey.server.worker;

import io.covey.server.MachineLoad;
import io.covey.server.control.CoordinatorAddress;
import io.covey.server.security.JobSecret;
import io.covey.server.security.JobSecurity;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.training.LaneStepRunner;
import io.covey.trainer.training.LocalGradientExchange;
import io.covey.trainer.training.TrainingSpec;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * A coordinator and two workers, each on a host of its own, with a bad network between them: the same bits, or an error that
 * says what to change. Needs root, iproute2 and nftables.
 */
@Tag("network")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class NetworkIT {
    private static final int WORKERS = 2;
    private static final int HOSTS = WORKERS + 1;
    private static final int COORDINATOR_HOST = WORKERS;
    private static final int PARTITION_S = 5;
    private static final long SEED = 17;

    private final JobSecurity security = new JobSecurity(JobSecret.random(), true);
    private final List<Process> processes = new ArrayList<>();
    private Namespaces network;
    private BufferedReader coordinator;

    @TempDir
    Path base;

    @BeforeAll
    static void requireNamespaces() throws InterruptedException {
        String obstacle = Namespaces.obstacle();
        if (obstacle != null) {
            assertNull(System.getenv("CI"), () -> "CI must be able to make network namespaces: " + obstacle);
            String message = "\n\n*** THE NETWORK TESTS DO NOT RUN: no network namespaces here: " + obstacle
                    + "\n*** They need root, iproute2 and nftables.\n\n";
            System.err.println(message);
            abort(message);
        }
    }

    @BeforeEach
    void open() throws Exception {
        network = new Namespaces(HOSTS);
    }

    @AfterEach
    void close() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        network.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void shouldTrainTheSameBitsWhenPacketsAreLost(int percent) throws Exception {
        int epochs = 5;
        network.passing("numgen random mod 100 < " + percent + " drop");
        start(epochs);
        assertEquals(sha256(epochs), await("SHA256 "));
    }

    @ParameterizedTest
    @CsvSource({"20, 0", "0, 20", "20, 20"})
    void shouldTrainTheSameBitsWhenPacketsAreLateOrComeTwice(int delayMs, int duplicatePercent) throws Exception {
        int epochs = 3;
        Process forwarder = launch(network.onSwitch(
                java(DatagramForwarder.class, "" + HOSTS, "" + delayMs, "" + duplicatePercent, "" + SEED)));
        try (BufferedReader out = forwarder.inputReader()) {
            assertEquals("READY", out.readLine());
            network.rules(DatagramForwarder.rules(HOSTS));
            start(epochs);
            assertEquals(sha256(epochs), await("SHA256 "), "seed " + SEED);
        }
    }

    @Test
    void shouldTrainTheSameBitsWhenThePartitionHeals() throws Exception {
        int epochs = 100;
        start(epochs);
        await("EPOCH 3");
        network.passing("drop");
        // Nothing announces the end of a partition but the clock.
        assertFalse(new CountDownLatch(1).await(PARTITION_S, TimeUnit.SECONDS));
        while (coordinator.ready()) {
            String before = coordinator.readLine();
            assertFalse(before.startsWith("SHA256"), "the training ended before the partition");
        }
        network.passing("accept");
        assertEquals(sha256(epochs), await("SHA256 "));
    }

    @Test
    void shouldNameAddressesInterfacesAndSettingWhenLongFramesDoNotPass() throws Exception {
        network.passing("ip length > 1300 drop");
        long startNs = System.nanoTime();
        start(1);
        String failure = await("FAILED ");
        assertTrue(failure.contains(Namespaces.address(0) + ":4000"), failure);
        assertTrue(failure.contains(Namespaces.address(1) + ":4000"), failure);
        assertTrue(failure.contains("eth0 "), failure);
        assertTrue(failure.contains("(MTU 1500)"), failure);
        assertTrue(failure.contains("cluster.mtu"), failure);
        assertTrue(
                System.nanoTime() - startNs < MachineLoad.scaled(TimeUnit.SECONDS.toNanos(30)),
                "start and probe took too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8m", "16m"})
    void shouldNameNeedAndSettingWhenSharedMemoryIsTooSmall(String size) throws Exception {
        Process process = launch(network.within(0, base, size, java(HostProcess.class)));
        send(process, HostProcess.Task.coordinator(Namespaces.address(0), base.toString(), security, WORKERS, 1));
        try (BufferedReader out = process.inputReader()) {
            String failure = out.readLine();
            assertTrue(failure.startsWith("FAILED CALLER " + base + " has "), failure);
            assertTrue(failure.contains("MB free") && failure.contains("cluster.aeron_directory"), failure);
        }
    }

    @Test
    void shouldTrainInASmallSharedMemory() throws Exception {
        start(1, "28m");
        assertEquals(sha256(1), await("SHA256 "));
    }

    private void start(int epochs) throws Exception {
        start(epochs, "128m");
    }

    private void start(int epochs, String size) throws Exception {
        Process process = host(
                COORDINATOR_HOST,
                size,
                HostProcess.Task.coordinator(
                        Namespaces.address(COORDINATOR_HOST), base.toString(), security, WORKERS, epochs));
        coordinator = process.inputReader();
        byte[] address = Base64.getDecoder().decode(await("ADDRESS "));
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(address))) {
            CoordinatorAddress found = (CoordinatorAddress) in.readObject();
            for (int w = 0; w < WORKERS; w++) {
                host(
                        w,
                        size,
                        new HostProcess.Task(
                                w, Namespaces.address(w), base.toString(), security, found, WORKERS, epochs));
            }
        }
    }

    private Process host(int host, String size, HostProcess.Task task) throws IOException {
        Process process = launch(network.within(host, base, size, java(HostProcess.class)));
        send(process, task);
        return process;
    }

    private Process launch(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return process;
    }

    private static void send(Process process, HostProcess.Task task) throws IOException {
        process.getOutputStream().write(HostProcess.bytes(task));
        process.getOutputStream().close();
    }

    private static String[] java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    /** What follows {@code word} in the coordinator's next line that begins with it. */
    private String await(String word) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = coordinator.readLine(); line != null; line = coordinator.readLine()) {
            lines.add(line);
            if (line.startsWith(word)) {
                return line.substring(word.length());
            }
        }
        throw new AssertionError("the coordinator ended without " + word + ": " + lines);
    }

    /** Of the same training in this process, without a network. */
    private static String sha256(int epochs) {
        TrainingSpec spec = TestJob.spec();
        try (LaneStepRunner runner = new LaneStepRunner(spec, TestJob.load(Set.of(0, 1, 2, 3)), 1);
                LocalGradientExchange exchange = new LocalGradientExchange(spec)) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                runner.train(TestJob.epoch(epoch), exchange, (step, leaf, metrics) -> {}, () -> false);
            }
            return WeightsHash.sha256(spec.model().layout(), exchange.parameters());
        }
    }
}
