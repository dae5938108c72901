package io.covey.spark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.spark.run.JobRunner;
import io.covey.trainer.Counted;
import io.covey.trainer.CoveyException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code covey bench}. */
@Command(
        name = "bench",
        description = {
            "Measures training on the reference models.",
            "Groups: single (this process), dist (worker processes, batch per worker), allreduce (the exchange alone;"
                    + " --model allreduce:N), checkpoint (--model save, save+fsync, restore or restore-cold: 307 MB),"
                    + " e2e (M1 on all of MNIST as one Spark job; --data names its folder).",
            "With --serve it answers requests, one JSON object a line, on standard input:"
                    + " {\"model\": \"M1\", \"batch\": 32, \"steps\": 500}."
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int REPETITIONS_DEFAULT = 5;

    private final Supplier<JobRunner> runner;
    private final PrintStream out;
    private final ObjectMapper json = new ObjectMapper();

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "single, dist, allreduce, checkpoint or e2e; default: ${DEFAULT-VALUE}.")
    private String group = "single";

    @Option(
            names = "--model",
            split = ",",
            paramLabel = "MODEL",
            description = "Models to measure, separated by commas; default: ${DEFAULT-VALUE}.")
    private List<String> models = List.of("M1");

    @Option(
            names = "--batch",
            split = ",",
            paramLabel = "N",
            description = "Samples per worker and step, separated by commas; default: ${DEFAULT-VALUE}.")
    private List<Integer> batches = List.of(32);

    @Option(names = "--workers", paramLabel = "N", description = "Worker processes; default: ${DEFAULT-VALUE}.")
    private int workers = 1;

    @Option(names = "--threads", paramLabel = "N", description = "Threads per worker; default: ${DEFAULT-VALUE}.")
    private int threads = 1;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of one repetition; default: ${DEFAULT-VALUE}.")
    private double seconds = 1.5;

    @Option(
            names = "--warmup-seconds",
            paramLabel = "S",
            description = "Length of the unmeasured start; default: ${DEFAULT-VALUE}.")
    private double warmupSeconds = 2;

    @Option(names = "--repetitions", paramLabel = "N", description = "Measured runs; default: ${DEFAULT-VALUE}.")
    private int repetitions = REPETITIONS_DEFAULT;

    @Option(names = "--epochs", paramLabel = "N", description = "Epochs of e2e; default: ${DEFAULT-VALUE}.")
    private int epochs = 10;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of MNIST's four IDX files, for e2e.")
    private Path data;

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description =
                    "Folder for the files of group checkpoint, on the disk to measure; default: ${DEFAULT-VALUE}.")
    private Path scratch = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--serve", description = "Answer requests on standard input until it ends.")
    private boolean serve;

    @Option(names = "--json", description = "Print one JSON object a line in place of the table.")
    private boolean asJson;

    @Option(
            names = "--limit",
            description = "Measure first what one thread of this machine can do: sgemm and memory bandwidth; then print"
                    + " which share of the threads' sgemm rate each model reached.")
    private boolean limit;

    @Option(
            names = "--profile",
            description =
                    "Print the time of each operation in forward and backward of one micro-batch, in place of rates; not with"
                            + " --json, --serve, --limit or another group than single.")
    private boolean profile;

    @Option(
            names = "--simulate",
            arity = "1..*",
            paramLabel = "KEY=VALUE",
            description =
                    "Measure this machine, then predict the step time of more workers, for example workers=2..1024"
                            + " network='10G|25G' model=M1 batch=32; network=host is processes of one machine, check=1,2,4 measures"
                            + " those beside the prediction. Also mtu and round_trip_us.")
    private List<String> simulate = List.of();

    /**
     * The command.
     *
     * @param runner asked for by e2e
     * @param out results
     */
    public BenchCommand(Supplier<JobRunner> runner, PrintStream out) {
        this.runner = runner;
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        requirePositive("--workers", workers);
        requirePositive("--threads", threads);
        requirePositive("--repetitions", repetitions);
        requirePositive("--epochs", epochs);
        if (!simulate.isEmpty()) {
            new Simulation(SimulationSettings.parse(simulate), out).run();
            return 0;
        }
        if (profile) {
            requireAlone();
            printProfiles();
            return 0;
        }
        if (limit && (serve || group.equals("e2e") || group.equals("checkpoint"))) {
            throw CoveyException.caller(
                    "--limit belongs to a table of rates: leave out --serve and the groups e2e and checkpoint");
        }
        if (group.equals("e2e")) {
            if (data == null) {
                throw CoveyException.caller("group e2e needs --data DIR, the folder of MNIST's four IDX files");
            }
            EndToEnd.Outcome outcome = EndToEnd.run(runner.get(), data, workers, threads, batches.get(0), epochs);
            out.println(json.createObjectNode()
                    .put("test_accuracy", outcome.testAccuracy())
                    .put("train_s", outcome.trainSeconds()));
            return 0;
        }
        WorkloadFactory factory = Workloads.of(group, workers, threads, scratch);
        if (serve) {
            new BenchServer(factory, out)
                    .serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
            return 0;
        }
        models.forEach(model -> batches.forEach(batch -> factory.check(model, batch)));
        MachineLimit measured = limit ? MachineLimit.measure() : null;
        if (measured != null) {
            printLimit(measured);
        }
        if (!asJson) {
            out.println(BenchResult.header());
        }
        for (String model : models) {
            for (int batch : batches) {
                BenchResult result = measure(factory, model, batch);
                out.println(asJson ? result.toJson(json).toString() : result.toRow());
                if (measured != null && !group.equals("allreduce")) {
                    printShare(measured, result);
                }
            }
        }
        return 0;
    }

    private BenchResult measure(WorkloadFactory factory, String model, int batch) {
        try (Workload workload = factory.create(model, batch)) {
            double rate = warmUp(workload);
            double unitsPerStep = unitsPerStep(model, batch);
            List<Double> values = new ArrayList<>();
            for (int i = 0; i < repetitions; i++) {
                rate = workload.run(Math.max(1, Math.round(rate * seconds))).stepsPerSecond();
                values.add(rate * unitsPerStep);
            }
            return new BenchResult(
                    group,
                    model,
                    batch,
                    workers,
                    threads,
                    group.equals("allreduce") || group.equals("checkpoint") ? "GB_per_s" : "samples_per_s",
                    values,
                    workload.bytesAllocatedPerStep(),
                    workload.weightsSha256());
        }
    }

    /** Runs ever more steps until the time is spent; returns steps per second. */
    private double warmUp(Workload workload) {
        long budgetNs = (long) (warmupSeconds * TimeUnit.SECONDS.toNanos(1));
        long spentNs = 0;
        double rate = 0;
        for (long steps = 1; spentNs < budgetNs || rate == 0; steps *= 2) {
            Workload.Measurement done = workload.run(steps);
            spentNs += done.elapsedNs();
            rate = done.stepsPerSecond();
        }
        return rate;
    }

    private double unitsPerStep(String model, int batch) {
        return switch (group) {
            case "allreduce" -> Float.BYTES * 1e-9 * Integer.parseInt(model.substring(model.indexOf(':') + 1));
            case "checkpoint" -> CheckpointWorkload.bytes(Workloads.CHECKPOINTED) * 1e-9;
            default -> (double) batch * workers;
        };
    }

    private void printLimit(MachineLimit measured) {
        if (asJson) {
            out.println(json.createObjectNode()
                    .put("sgemm_gflops", measured.sgemmFlops() * 1e-9)
                    .put("bandwidth_gb_per_s", measured.bandwidthBytes() * 1e-9));
        } else {
            out.printf(
                    Locale.ROOT,
                    "one thread of this machine: sgemm %.1f GFLOP/s, memory %.1f GB/s%n",
                    measured.sgemmFlops() * 1e-9,
                    measured.bandwidthBytes() * 1e-9);
        }
    }

    private void printShare(MachineLimit measured, BenchResult result) {
        double flops = result.median()
                * TrainingFlops.perSample(BenchModel.named(result.model()).model());
        double share = flops / (measured.sgemmFlops() * workers * threads);
        if (asJson) {
            out.println(json.createObjectNode()
                    .put("model", result.model())
                    .put("batch", result.batch())
                    .put("share_of_sgemm", share));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%-10s %-18s %6d %.1f GFLOP/s in products, %.0f %% of the sgemm rate of %d threads%n",
                    group,
                    result.model(),
                    result.batch(),
                    flops * 1e-9,
                    100 * share,
                    workers * threads);
        }
    }

    private void printProfiles() {
        for (String model : models) {
            for (int batch : batches) {
                out.printf(
                        Locale.ROOT,
                        "%s, batch %d, %s, microseconds per step%n",
                        model,
                        batch,
                        Counted.of(threads, "thread"));
                out.print(StepProfile.table(BenchModel.named(model), batch, threads, seconds));
            }
        }
    }

    private void requireAlone() {
        List<String> others = new ArrayList<>();
        if (asJson) {
            others.add("--json");
        }
        if (serve) {
            others.add("--serve");
        }
        if (limit) {
            others.add("--limit");
        }
        if (!group.equals("single")) {
            others.add("--group " + group);
        }
        if (!others.isEmpty()) {
            throw CoveyException.caller(
                    "--profile prints a table of the operations of one micro-batch in this process and has"
                            + " no use for " + String.join(" and ", others) + ": leave out one or the other");
        }
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw CoveyException.caller(option + " is " + value + ", it must be at least 1");
        }
    }
}
