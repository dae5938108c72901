package io.covey.spark.cli;

import io.covey.spark.job.JobConfig;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.engine.StepMemory;
import io.covey.trainer.model.Model;
import io.covey.trainer.training.MicroBatches;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What one training step of a job takes in native memory, for each size of its micro-batches. */
final class MemoryTable {
    private static final double MIB = 1 << 20;

    private final JobConfig job;
    private final List<Integer> sizes;
    private final List<StepMemory> memories;
    private final long optimizerState;
    private final StringBuilder table = new StringBuilder();

    private MemoryTable(JobConfig job) {
        this.job = job;
        Model model = job.model().model();
        int shards = job.cluster().virtualShards();
        int batch = job.fit().batchSize();
        DataPlan plan = new DataPlan(batch, batch, shards, false, job.fit().seed());
        MicroBatches microBatches =
                MicroBatches.of(model, job.compile().toOptions(model, job.fit().classWeight()));
        sizes = IntStream.range(0, shards)
                .flatMap(shard -> microBatches.sizes(plan.microBatchSize(shard)))
                .boxed()
                .distinct()
                .sorted()
                .toList();
        // IDX files hold bytes.
        List<InputFormat> formats = Collections.nCopies(model.inputs().size(), InputFormat.UINT8);
        memories = sizes.stream()
                .map(rows -> StepMemory.of(model, formats, (float) job.data().scale(), rows, ProgramOptions.TRAINING))
                .toList();
        optimizerState =
                job.compile().toOptimizer().slots().size() * model.layout().length() * Float.BYTES;
    }

    static String of(JobConfig job) {
        return new MemoryTable(job).text();
    }

    private String text() {
        table.append(String.format(
                Locale.ROOT,
                "Memory of a training step, in MiB, by micro-batch: batch_size %d over %d virtual shards%n",
                job.fit().batchSize(),
                job.cluster().virtualShards()));
        row("samples", sizes.stream().map(String::valueOf).toList());
        bytes("parameters", StepMemory::parameters);
        bytes("optimizer state", memory -> optimizerState);
        bytes("gradients", StepMemory::gradients);
        bytes("activations kept", StepMemory::activations);
        bytes("gradients of activations", StepMemory::activationGradients);
        bytes("scratch", StepMemory::scratch);
        bytes("total", memory -> memory.total() + optimizerState);
        bytes("minimum", memory -> memory.minimum() + optimizerState);
        row(
                "ratio, optimizer apart",
                memories.stream()
                        .map(memory -> String.format(Locale.ROOT, "%.3f", memory.total() / (double) memory.minimum()))
                        .toList());
        return table.toString();
    }

    private void bytes(String name, Function<StepMemory, Long> part) {
        row(
                name,
                memories.stream()
                        .map(memory -> String.format(Locale.ROOT, "%.3f", part.apply(memory) / MIB))
                        .toList());
    }

    private void row(String name, List<String> values) {
        table.append(String.format(Locale.ROOT, "%-26s", name));
        values.forEach(value -> table.append(String.format(Locale.ROOT, "%12s", value)));
        table.append(System.lineSeparator());
    }
}
