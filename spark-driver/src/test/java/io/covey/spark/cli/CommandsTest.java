package io.covey.spark.cli;

import io.covey.spark.job.JobFile;
import io.covey.spark.run.RunResult;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ModelSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class CommandsTest {
    private static final String JOB = """
            name: small
            model:
              input_shape: [4]
              sequential:
                - dense: {units: 3, activation: softmax}
            data: {train: {format: idx, images: x, labels: y}}
            compile: {optimizer: sgd, loss: sparse_categorical_crossentropy}
            fit: {epochs: 2}
            """;
    private static final String WORKING_DIRECTORY = System.getProperty("user.dir");

    @TempDir
    private Path folder;

    private Path job;
    private final Cli cli = new Cli();

    @BeforeEach
    void writeJob() throws IOException {
        job = folder.resolve("job.yaml");
        Files.writeString(job, JOB);
    }

    @Test
    void shouldTrainAndPrintTheResultsWhenAskedTo() {
        int code = cli.execute(
                "train", job.toString(), "--set", "fit.epochs=7", "--set=name=big", "--master", "local[3]", "-q");

        assertEquals("", cli.err());
        assertEquals(0, code);
        assertEquals("train big for 7", cli.asked());
        assertEquals("local[3]", cli.options().master());
        assertTrue(cli.options().quiet());
        assertNull(cli.options().runDirectory());
        assertEquals("""
                test: accuracy: 0.9712 - loss: 0.0974
                weights sha256: 00ff
                checkpoint: /runs/a/ckpt-3
                history: /runs/a/history.csv
                log: /runs/a/covey.log
                """, cli.out());
    }

    @Test
    void shouldTakeTheRunFolderFromTheWorkingDirectoryWhenItIsRelative() {
        assertEquals(0, cli.execute("train", job.toString(), "--run-dir", "runs/../b"));
        assertEquals(WORKING_DIRECTORY + "/b", cli.options().runDirectory());
        assertFalse(cli.options().quiet());
        assertNull(cli.options().master());

        assertEquals(0, cli.execute("train", job.toString(), "--run-dir", "hdfs://nn/b"));
        assertEquals("hdfs://nn/b", cli.options().runDirectory());
    }

    @Test
    void shouldSayHowToGoOnWhenARunWasInterrupted() {
        RunResult interrupted =
                new RunResult("/runs/a", true, "/runs/a/ckpt-2", "h", "l", 2, null, Map.of(), "00ff", 1);
        Cli interruptedCli = new Cli(interrupted);

        assertEquals(130, interruptedCli.execute("train", job.toString()));
        assertEquals("""
                weights sha256: 00ff
                checkpoint: /runs/a/ckpt-2
                history: h
                log: l
                interrupted; to go on: covey resume /runs/a
                """, interruptedCli.out());
    }

    @Test
    void shouldTrainTheVariantsAndShowThemInATable() throws IOException {
        Path variants = job.resolveSibling("variants.yaml");
        Files.writeString(variants, Files.readString(job) + """
                variants:
                  - name: small
                    set: {fit.epochs: 1}
                  - name: other
                """);
        assertEquals(0, cli.execute("train", variants.toString(), "--run-dir", "/runs/v"));

        assertEquals("/runs/v/other", cli.options().runDirectory());
        assertTrue(cli.out().endsWith("""
                variant      epochs  test accuracy  test loss  weights sha256
                small-small  10      0.9712         0.0974     00ff
                small-other  10      0.9712         0.0974     00ff
                """), cli.out());
    }

    @Test
    void shouldResumeWithChangesWhenAskedTo() {
        assertEquals(0, cli.execute("resume", "runs/a", "--set", "fit.epochs=20", "--set", "cluster.workers=4", "-q"));

        assertEquals("resume " + WORKING_DIRECTORY + "/runs/a with [fit.epochs=20, cluster.workers=4]", cli.asked());
        assertTrue(cli.options().quiet());
    }

    @Test
    void shouldEvaluateTheTestDataWhenNoSplitIsNamed() {
        assertEquals(0, cli.execute("evaluate", "/runs/a"));
        assertEquals("evaluate /runs/a on TEST", cli.asked());
        assertEquals("""
                test: accuracy: 0.9712 - loss: 0.0974
                weights sha256: 00ff
                checkpoint: /runs/a/ckpt-3
                """, cli.out());

        assertEquals(0, cli.execute("evaluate", "/runs/a", "--split", "validation"));
        assertEquals("evaluate /runs/a on VALIDATION", cli.asked());
        assertTrue(cli.out().startsWith("validation: "), cli.out());
    }

    @Test
    void shouldPrintKerasSummaryOfTheModel() {
        Model model = JobFile.load(job, List.of()).model().model();

        assertEquals(0, cli.execute("summary", job.toString()));
        assertEquals(ModelSummary.keras2(model), cli.out());
        assertTrue(cli.out().contains("\nTotal params: 15\n"), cli.out());

        assertEquals(0, cli.execute("summary", job.toString(), "--line-length", "90"));
        assertEquals(ModelSummary.keras2(model, 90), cli.out());
    }

    @Test
    void shouldPrintTheMemoryOfAStepForEachMicroBatchWhenAskedTo() {
        int code = cli.execute(
                "summary",
                job.toString(),
                "--memory",
                "--set",
                "cluster.virtual_shards=3",
                "--set",
                "fit.batch_size=32",
                "--set",
                "compile.optimizer=adam");

        assertEquals("", cli.err());
        assertEquals(0, code);
        List<String> lines = cli.out().lines().toList();
        assertEquals(
                "Memory of a training step, in MiB, by micro-batch: batch_size 32 over 3 virtual shards", lines.get(0));
        assertEquals(
                List.of(
                        "samples",
                        "parameters",
                        "optimizer state",
                        "gradients",
                        "activations kept",
                        "gradients of activations",
                        "scratch",
                        "total",
                        "minimum",
                        "ratio, optimizer apart"),
                lines.stream()
                        .skip(1)
                        .map(line -> line.substring(0, 26).strip())
                        .toList());
        assertEquals("samples                             10          11", lines.get(1));
        assertTrue(lines.stream().skip(1).allMatch(line -> line.length() == 26 + 2 * 12), cli.out());
    }

    @Test
    void shouldPrintTheConfigurationHashWhenAJobIsValid() {
        assertEquals(0, cli.execute("validate", job.toString()));
        assertTrue(
                cli.out().matches(Pattern.quote(job.toString()) + ": valid\nconfiguration sha256: [0-9a-f]{64}\n"),
                cli.out());
        assertEquals("", cli.err());
        assertTrue(cli.asked().startsWith("check "), cli.asked());
    }

    @Test
    void shouldReportAllProblemsWhenAJobIsInvalid() throws IOException {
        Files.writeString(job, JOB.replace("epochs", "epoch").replace("units: 3", "units: 0"));

        assertEquals(2, cli.execute("validate", job.toString()));
        assertEquals("", cli.out());
        assertEquals("""
                covey: JOB has 2 problems:
                  JOB:5: model.sequential.0.dense.units: Dense: units is 0, it must be at least 1
                  JOB:8: fit.epoch: unknown key; did you mean epochs?
                """.replace("JOB", job.toString()), cli.err());
    }
}
