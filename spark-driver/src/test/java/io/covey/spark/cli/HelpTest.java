package io.covey.spark.cli;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class HelpTest {
    private static final List<String> EXIT_CODES = List.of(
            "Exit codes:",
            "  0 +done",
            "  1 +failure: ",
            "  2 +caller's error: ",
            "  130 +stopped by Ctrl-C, SIGTERM or SIGHUP");

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(
                        "train", List.of("JOB", "--set=KEY=VALUE", "--master=URL", "--run-dir=DIR", "-q, --quiet")),
                Arguments.of("resume", List.of("RUN_DIR", "--set=KEY=VALUE", "--master=URL", "-q, --quiet")),
                Arguments.of("evaluate", List.of("RUN_DIR", "--split=SPLIT", "default: test", "--master=URL")),
                Arguments.of("summary", List.of("JOB", "--set=KEY=VALUE", "--line-length=N", "default: 65")),
                Arguments.of("validate", List.of("JOB", "--set=KEY=VALUE")),
                Arguments.of("checkpoint ls", List.of("PREFIX")),
                Arguments.of("checkpoint", List.of("ls")),
                Arguments.of(
                        "", List.of("train", "resume", "evaluate", "summary", "validate", "checkpoint", "--version")));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldNameEveryOptionParameterAndExitCodeWhenHelpIsAsked(String command, List<String> words) {
        Cli cli = new Cli();

        assertEquals(0, cli.execute((command + " --help").strip().split(" ")));
        assertEquals("", cli.err());
        String help = cli.out();
        assertTrue(help.startsWith(("Usage: covey " + command).strip()), help);
        for (String word : words) {
            assertTrue(help.contains(word), word + " is not in\n" + help);
        }
        for (String word : List.of("-h, --help", "-V, --version", "--stacktrace")) {
            assertTrue(help.contains(word), word + " is not in\n" + help);
        }
        for (String line : EXIT_CODES) {
            assertTrue(help.lines().anyMatch(l -> l.matches(line + ".*")), line + " is not in\n" + help);
        }
    }

    @Test
    void shouldDescribeEveryCommandAndArgument() {
        CommandLine covey = Covey.commandLine(() -> null, System.out, System.err);
        describe(covey);
        assertFalse(covey.getSubcommands().isEmpty());
    }

    private static void describe(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        assertTrue(command.getCommandSpec().usageMessage().description().length > 0, name);
        for (ArgSpec arg : command.getCommandSpec().args()) {
            assertTrue(arg.description().length > 0, name + " " + arg);
        }
        command.getSubcommands().values().forEach(HelpTest::describe);
    }

    @Test
    void shouldPrintTheVersionWhenItIsAsked() {
        Cli cli = new Cli();

        assertEquals(0, cli.execute("--version"));
        assertTrue(cli.out().matches("covey \\S+\nJava \\S+ .*\n"), cli.out());
        String version = cli.out();
        assertEquals(0, cli.execute("train", "-V"));
        assertEquals(version, cli.out());
    }

    @Test
    void shouldExitWith2WhenNoCommandIsGiven() {
        Cli cli = new Cli();

        assertEquals(2, cli.execute());
        assertEquals("covey: Missing required subcommand\nTry 'covey --help' for more.\n", cli.err());
    }
}
