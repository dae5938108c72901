package io.covey.spark.cli;

import io.covey.trainer.CoveyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class ErrorsTest {
    /** Jobs that other tests have run in this process leave it. */
    @BeforeEach
    void forgetLog() {
        System.clearProperty("covey.log");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train | Missing required parameter: 'JOB' | covey train",
                "train a.yaml b.yaml | Unmatched argument at index 2: 'b.yaml' | covey train",
                "train a.yaml --master | Missing required parameter for option '--master' (URL) | covey train",
                "resume | Missing required parameter: 'RUN_DIR' | covey resume",
                "evaluate | Missing required parameter: 'RUN_DIR' | covey evaluate",
                "evaluate a --split=dev | Invalid value for option '--split': is dev, wanted test, validation or train"
                        + " | covey evaluate",
                "summary | Missing required parameter: 'JOB' | covey summary",
                "summary a.yaml --line-length=39 | --line-length is 39, it must be at least 40 | covey summary",
                "checkpoint ls | Missing required parameter: 'PREFIX' | covey checkpoint ls",
                "checkpoint | Missing required subcommand | covey checkpoint"
            })
    void shouldExitWith2AndPointToTheHelpWhenArgumentsAreWrong(String args, String message, String command) {
        Cli cli = new Cli();

        assertEquals(2, cli.execute(args.split(" ")));
        assertEquals("covey: " + message + "\nTry '" + command + " --help' for more.\n", cli.err());
        assertEquals("", cli.out());
    }

    @Test
    void shouldNameTheNearestOptionOrCommandWhenOneIsMisspelt() {
        Cli cli = new Cli();

        assertEquals(2, cli.execute("train", "a.yaml", "--sett=a=b"));
        assertEquals("""
                covey: Unknown option: '--sett=a=b'
                Possible solutions: --set
                Try 'covey train --help' for more.
                """, cli.err());

        assertEquals(2, cli.execute("trian", "a.yaml"));
        assertTrue(cli.err().contains("Did you mean: covey train"), cli.err());
    }

    @Test
    void shouldNotReadArgumentsFromFilesWhenOneStartsWithAnAtSign(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("args");
        Files.writeString(file, "--help");
        Cli cli = new Cli();

        assertEquals(2, cli.execute("validate", "@" + file));
        assertEquals("covey: cannot read job file @" + file + ": there is no such file\n", cli.err());
    }

    @Test
    void shouldExitWith2WhenTheCallerIsWrong() {
        Cli cli = new Cli(CoveyException.caller("no such folder"));

        assertEquals(2, cli.execute("resume", "/runs/a"));
        assertEquals("covey: no such folder\n", cli.err());
        assertEquals("", cli.out());
    }

    @Test
    void shouldNameTheOptionsWhenAProfileHasNoUseForThem() {
        Cli cli = new Cli();

        assertEquals(2, cli.execute("bench", "--profile", "--json", "--limit", "--serve", "--group", "dist"));
        assertEquals(
                "covey: --profile prints a table of the operations of one micro-batch in this process and has no use for"
                        + " --json and --serve and --limit and --group dist: leave out one or the other\n",
                cli.err());
        assertEquals("", cli.out());
    }

    @Test
    void shouldExitWith1WhenSomethingBroke() {
        Cli cli = new Cli(CoveyException.failure("worker 1 is gone"));

        assertEquals(1, cli.execute("resume", "/runs/a"));
        assertEquals("covey: worker 1 is gone\n", cli.err());
    }

    @Test
    void shouldPrintTheStackTraceWhenAskedTo() {
        Cli cli = new Cli(CoveyException.failure("worker 1 is gone"));

        for (String[] args :
                new String[][] {{"resume", "/runs/a", "--stacktrace"}, {"--stacktrace", "resume", "/runs/a"}}) {
            assertEquals(1, cli.execute(args));
            assertTrue(cli.err().startsWith("covey: worker 1 is gone\n"), cli.err());
            assertTrue(cli.err().contains("\n\tat io.covey.spark.cli."), cli.err());
        }
    }

    @Test
    void shouldCallItABugWhenAnErrorWasNotRaisedOnPurpose() {
        Cli cli = new Cli(new IllegalStateException("impossible"));

        assertEquals(1, cli.execute("resume", "/runs/a"));
        assertEquals("""
                covey: unexpected java.lang.IllegalStateException: impossible
                This is a bug in Covey. Please report it with the stack trace: run the command again with --stacktrace.
                """, cli.err());
    }

    @Test
    void shouldNameTheLogWhenARunHasBegun(@TempDir Path folder) {
        String log = folder.resolve("covey.log").toString();
        System.setProperty("covey.log", log);
        try {
            Cli cli = new Cli(new IllegalStateException("impossible"));

            assertEquals(1, cli.execute("resume", "/runs/a"));
            assertTrue(cli.err().endsWith("report it with the stack trace: it is in " + log + ".\n"), cli.err());
        } finally {
            System.clearProperty("covey.log");
        }
    }
}
