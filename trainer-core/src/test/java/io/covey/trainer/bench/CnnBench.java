package io.covey.trainer.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Profile;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Programs;
import io.covey.trainer.testing.Samples;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Convolutional networks: {@code profile M2|M3 BATCH THREADS} prints where the time of a step goes; {@code serve LANES}
 * answers requests {@code {"model": "M2", "batch": 32, "steps": 100}} on standard input, one a line, with the seconds that
 * training took, for comparisons in turns with other engines.
 */
public final class CnnBench {
    private static final long BATCHES = 8;
    private static final double SECONDS = 3;

    private CnnBench() {}

    private static Model model(String name) {
        return switch (name) {
            case "M2" -> Models.smallCnn();
            case "M3" -> Models.vgg();
            default -> throw new IllegalArgumentException("model " + name + ", known are M2 and M3");
        };
    }

    /** Random pixels between 0 and 1. */
    private static SampleBlock block(Model model, int rows) {
        SplittableRandom random = new SplittableRandom(1);
        float[] data = new float[rows * model.inputSize()];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextDouble();
        }
        return new SampleBlock(model.inputSize(), data, random.ints(rows, 0, 10).toArray());
    }

    private static void profile(String name, int batch, int threads) {
        NativeLibraries.setThreadsOfThisThread(threads);
        Model model = model(name);
        SampleBlock block = block(model, batch);
        MetricState metrics = MetricState.zero(32);
        try (NativeFloats parameters = Models.initialValues(model, 1);
                NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                Program program = Programs.compile(model, InputFormat.FLOAT32, 1f, batch, ProgramOptions.TRAINING)) {
            Runnable step = () -> {
                for (int row = 0; row < batch; row++) {
                    program.put(row, block, row);
                }
                program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
            };
            run(step);
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long runs = run(step);
            double cpuSeconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
            System.out.printf(
                    "%s b%d, %d threads: %.1f us of this thread's processor time per step, %.0f samples per second of it%n",
                    name, batch, threads, cpuSeconds * 1e6 / runs, runs * batch / cpuSeconds);
            Profile profile = program.startProfile();
            System.out.print(profile.table(run(step)));
        }
    }

    private static long run(Runnable step) {
        long runs = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < SECONDS * 1e9) {
            step.run();
            runs++;
        }
        return runs;
    }

    private static LocalTrainingBackend backend(String name, int batch, int lanes) {
        Model model = model(name);
        DataPlan plan = new DataPlan(batch * BATCHES, batch, lanes, true, 1);
        TrainingSpec spec = new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy")),
                Optimizers.of(name.equals("M3") ? "adam" : "sgd", Map.of()),
                1 / 255f,
                plan,
                null,
                null,
                1);
        return new LocalTrainingBackend(
                spec,
                Samples.random((int) (batch * BATCHES), model.inputSize(), 10, 1)
                        .shards(plan),
                lanes,
                (p, s, w, o) -> {});
    }

    private static void serve(int lanes) throws IOException {
        ObjectMapper json = new ObjectMapper();
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("{\"ready\": true}");
        String served = "";
        LocalTrainingBackend backend = null;
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            JsonNode request = json.readTree(line);
            String name = request.path("model").asText();
            int batch = request.path("batch").asInt();
            if (!served.equals(name + batch)) {
                if (backend != null) {
                    backend.close();
                }
                served = name + batch;
                backend = backend(name, batch, lanes);
            }
            long steps = request.path("steps").asLong();
            long start = System.nanoTime();
            for (long done = 0; done < steps; done += BATCHES) {
                backend.train(new EpochPlan(0, 0, BATCHES, 0, 0.001f), (step, metrics) -> {});
            }
            long rounded = (steps + BATCHES - 1) / BATCHES * BATCHES;
            System.out.printf(
                    "{\"steps\": %d, \"elapsed_s\": %.6f, \"loss\": 0}%n", rounded, (System.nanoTime() - start) / 1e9);
        }
        if (backend != null) {
            backend.close();
        }
    }

    public static void main(String[] args) throws IOException {
        if (args[0].equals("profile")) {
            profile(args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        } else {
            serve(Integer.parseInt(args[args.length - 1]));
        }
    }
}
