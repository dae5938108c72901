package io.covey.trainer.memory;

import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class NativeLibrariesTest {
    @Test
    void shouldNameInstructionSet() {
        assertTrue(NativeLibraries.instructionSet().matches("[a-z0-9_]+"), NativeLibraries.instructionSet());
    }

    @Test
    void shouldLiftJavaCppLimitsWhenLoaded() {
        NativeLibraries.loadBlas();
        assertEquals(0, Pointer.maxBytes());
        assertEquals(0, Pointer.maxPhysicalBytes());
    }

    @Test
    void shouldNameThePlatformWhenItsNativesAreMissing() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.bytedeco.javacpp.platform=linux-mips64el",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadNatives.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertTrue(
                output.contains("CALLER: OpenBLAS does not load on platform linux-mips64el")
                        && output.contains("-Dnative.platform=linux-mips64el"),
                output);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldUseOneThreadWhenSetToOne() throws Exception {
        assertEquals(1, nativeThreadsOf("covey-omp-one", 1));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldUseTwoThreadsWhenSetToTwo() throws Exception {
        assertEquals(2, nativeThreadsOf("covey-omp-two", 2));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldHaveThreadsAgainWhenTheyWereEnded() throws Exception {
        String name = "covey-omp-end";
        long threads = onThread(name, () -> {
            NativeLibraries.setThreadsOfThisThread(2);
            runLargeProgram();
            assertEquals(2, threadsNamed(name));
            NativeLibraries.endThreadsOfThisThread();
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (threadsNamed(name) > 1 && System.nanoTime() < deadlineNs) {
                Thread.onSpinWait(); // An ended thread is listed until the kernel has taken it away.
            }
            assertEquals(1, threadsNamed(name));
            runLargeProgram();
            return threadsNamed(name);
        });
        assertEquals(2, threads);
    }

    /** OpenMP's threads inherit the name of the thread that first needs them: counts the threads of that name. */
    private static long nativeThreadsOf(String name, int threads) throws Exception {
        return onThread(name, () -> {
            NativeLibraries.setThreadsOfThisThread(threads);
            runLargeProgram();
            return threadsNamed(name);
        });
    }

    private static long onThread(String name, Callable<Long> task) throws Exception {
        FutureTask<Long> result = new FutureTask<>(task);
        new Thread(result, name).start();
        return result.get(30, TimeUnit.SECONDS);
    }

    private static void runLargeProgram() {
        Model model = Models.mlp(List.of(784), 512, 10);
        int rows = 256;
        try (NativeFloats parameters = Models.initialValues(model, 1);
                NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                Program program = Programs.compile(model, InputFormat.UINT8, 1 / 255f, rows, ProgramOptions.TRAINING)) {
            for (int row = 0; row < rows; row++) {
                Programs.put(program, model, row, new byte[784], 0, 0);
            }
            program.forwardBackward(parameters.address(), gradient.address(), false, MetricState.zero(4));
        }
    }

    private static long threadsNamed(String name) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.filter(task -> commandOf(task).equals(name)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String commandOf(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return ""; // The thread has ended.
        }
    }
}
