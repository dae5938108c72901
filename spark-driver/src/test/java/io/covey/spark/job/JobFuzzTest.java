package io.covey.spark.job;

import io.covey.trainer.CoveyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/** Whatever a job file holds, it is read or it is refused as the caller's error. */
@Timeout(300)
class JobFuzzTest {
    private static final int MUTANTS = 2_000;
    private static final String[] PIECES = {
        "\n",
        " ",
        "  ",
        "\t",
        ":",
        ": ",
        "-",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "'",
        "\"",
        "#",
        "&a ",
        "*a",
        "|",
        ">",
        "!",
        "!!int ",
        "%YAML 9.9",
        "---\n",
        "...\n",
        "?",
        "<<: ",
        "\\",
        "\"\\UFFFFFFFF\"",
        "\0",
        "\uFEFF",
        "\uD83D\uDE00",
        "null",
        "~",
        "0",
        "-1",
        "1e309",
        "2147483647",
        "9223372036854775808",
        "1/0",
        ".nan",
        "0x10",
        "true",
        "1 epoch",
        "dense",
        "flatten",
        "softmax",
        "units",
        "input_shape",
        "[2147483647, 2147483647]",
        "sequential",
        "limit"
    };

    @Test
    void shouldReadOrRefuseWhenAJobFileIsMutated() {
        int read = 0;
        for (int seed = 0; seed < MUTANTS; seed++) {
            Random random = new Random(seed);
            String text = mutate(random.nextBoolean() ? JobTexts.mlp() : JobTexts.MINIMAL, random);
            read += outcome(text, List.of(), seed);
        }
        assertTrue(read > MUTANTS / 100 && read < MUTANTS, read + " of " + MUTANTS + " mutants were read");
    }

    @Test
    void shouldReadOrRefuseWhenOptionsAreMutated() {
        List<String> options = List.of(
                "fit.epochs=2",
                "model.sequential.1.dense.units=10",
                "compile.optimizer.sgd.learning_rate=0.5",
                "data.test={format: idx, images: a, labels: b}",
                "fit.callbacks=[csv_logger: {filename: log.csv}]");
        int read = 0;
        for (int seed = 0; seed < MUTANTS / 2; seed++) {
            Random random = new Random(seed);
            List<String> mutated = new ArrayList<>();
            for (String option : options) {
                mutated.add(random.nextBoolean() ? mutate(option, random) : option);
            }
            read += outcome(JobTexts.mlp(), mutated, seed);
        }
        assertTrue(read > 0 && read < MUTANTS / 2, read + " option lists were read");
    }

    private static int outcome(String text, List<String> overrides, int seed) {
        try {
            JobConfig job = JobFile.parse("mlp.yaml", text, "/jobs", overrides);
            assertEquals(
                    job.canonicalText(),
                    JobFile.parse("again.yaml", job.effectiveYaml(), "/other", List.of())
                            .canonicalText(),
                    "seed " + seed);
            return 1;
        } catch (CoveyException e) {
            assertEquals(CoveyException.Category.CALLER, e.category(), "seed " + seed);
            return 0;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return fail("seed " + seed + ", options " + overrides + ", text:\n" + text, e);
        }
    }

    private static String mutate(String text, Random random) {
        StringBuilder mutant = new StringBuilder(text);
        for (int n = 1 + random.nextInt(3); n > 0 && mutant.length() > 2; n--) {
            int at = random.nextInt(mutant.length());
            int end = Math.min(mutant.length(), at + 1 + random.nextInt(random.nextInt(5) == 0 ? 40 : 3));
            String piece = PIECES[random.nextInt(PIECES.length)];
            switch (random.nextInt(5)) {
                case 0 -> mutant.delete(at, end);
                case 1 -> mutant.insert(at, piece);
                case 2 -> mutant.replace(at, end, piece);
                case 3 -> mutant.insert(random.nextInt(mutant.length()), mutant.substring(at, end));
                default -> mutant.setCharAt(at, (char) (32 + random.nextInt(95)));
            }
        }
        return mutant.toString();
    }
}
