package io.covey.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command of the distribution, run as its users run it: a process of its own with a clean environment. */
final class Command {
    /** The unpacked distribution under test. */
    static final Path DISTRIBUTION = Path.of(System.getProperty("covey.distribution", "missing"));

    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    private Command(String program) {
        arguments.add(program);
    }

    static Command covey(String... arguments) {
        return new Command(DISTRIBUTION.resolve("bin/covey").toString()).with(arguments);
    }

    static Command of(Path program, String... arguments) {
        return new Command(program.toString()).with(arguments);
    }

    Command with(String... more) {
        arguments.addAll(List.of(more));
        return this;
    }

    Command env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Starts the command; its output goes to two files. */
    Running start() throws IOException {
        Path out = Files.createTempFile("covey-it-", ".out");
        Path err = Files.createTempFile("covey-it-", ".err");
        // What a script starts in the background inherits that signals are ignored: none would reach it.
        List<String> heedingSignals = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
        heedingSignals.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(heedingSignals);
        builder.environment().remove("SPARK_HOME");
        builder.environment().remove("COVEY_JAVA_OPTS");
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        return new Running(builder.start(), out, err, System.nanoTime());
    }

    /** Runs the command to its end, which must come within {@code timeoutS} seconds. */
    CommandResult run(long timeoutS) throws IOException, InterruptedException {
        try (Running running = start()) {
            return running.await(timeoutS);
        }
    }

    /** A started command; closing it kills what is left of it. */
    record Running(Process process, Path out, Path err, long startNs) implements AutoCloseable {
        CommandResult await(long timeoutS) throws IOException, InterruptedException {
            boolean ended = process.waitFor(timeoutS, TimeUnit.SECONDS);
            CommandResult result = new CommandResult(
                    ended ? process.exitValue() : -1,
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
            if (!ended) {
                throw new AssertionError("no end within " + timeoutS + " s: " + result);
            }
            return result;
        }

        String outSoFar() throws IOException {
            return Files.readString(out, StandardCharsets.UTF_8);
        }

        String errSoFar() throws IOException {
            return Files.readString(err, StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }
}
