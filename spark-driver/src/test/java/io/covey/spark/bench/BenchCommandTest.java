package io.covey.spark.bench;

import io.covey.trainer.CoveyException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class BenchCommandTest {
    @ParameterizedTest
    @CsvSource({
        "--model M1;M9, model M9 is not among",
        "--model M1 --batch 32;0, batch is 0; it must be at least 1",
        "--group dist --workers 2 --model M2;M9, model M9 is not among",
        "--group allreduce --workers 2 --model allreduce:many, many is not a number of floats",
        "--group single --workers 2, workers is 2: use --group dist for more",
        "--group checkpoint --model load, case load is not known; known are save; save+fsync; restore; restore-cold",
        "--group checkpoint --model save --workers 2, group checkpoint runs in one process",
        "--group e2e --limit, --limit belongs to a table of rates",
        "--serve --limit, --limit belongs to a table of rates"
    })
    void shouldRefuseBeforeItMeasuresAnythingWhenACaseIsWrong(String arguments, String message) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        BenchCommand command = new BenchCommand(
                () -> {
                    throw new AssertionError("nothing must be launched");
                },
                new PrintStream(printed, true, StandardCharsets.UTF_8));
        new CommandLine(command).parseArgs(arguments.replace(';', ',').split(" "));
        CoveyException e = assertThrows(CoveyException.class, command::call);
        assertEquals(CoveyException.Category.CALLER, e.category());
        assertTrue(e.getMessage().contains(message.replace(';', ',')), e.getMessage());
        assertEquals("", printed.toString(StandardCharsets.UTF_8));
    }
}
