package io.covey.trainer.golden;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * Discovers and checks every case under the folder that the property {@code covey.golden.dir} names, by default the copies in
 * the test resources. {@code target/golden.csv} lists every comparison.
 */
@Tag("golden")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class GoldenTest {
    private static final String DIRECTORY_PROPERTY = "covey.golden.dir";
    private static final Path REPORT = Path.of("target", "golden.csv");

    private static final Map<String, GoldenGroup> GROUPS = Map.ofEntries(
            Map.entry("activations", new ActivationsGroup()),
            Map.entry("callbacks", new CallbacksGroup()),
            Map.entry("checkpoint", new CheckpointGroup()),
            Map.entry("initializers", new InitializersGroup()),
            Map.entry("losses_metrics", new LossesMetricsGroup()),
            Map.entry("models", new ModelsGroup()),
            Map.entry("optimizers", new OptimizerGroup()),
            Map.entry("tensorboard", new TensorBoardGroup()),
            Map.entry("training", new TrainingGroup()));

    private static final List<String> REPORT_LINES = Collections.synchronizedList(new ArrayList<>());
    private static int passed;
    private static int failed;

    @TestFactory
    Stream<DynamicTest> shouldMatchKeras() throws Exception {
        Path root = root();
        List<Path> cases;
        try (Stream<Path> files = Files.walk(root)) {
            cases = files.filter(file -> file.endsWith("manifest.json"))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
        }
        assertTrue(!cases.isEmpty(), "no case below " + root);
        return cases.stream()
                .map(folder -> DynamicTest.dynamicTest(
                        folder.getParent().getFileName() + "/" + folder.getFileName(), () -> run(folder)));
    }

    private static Path root() throws URISyntaxException {
        String given = System.getProperty(DIRECTORY_PROPERTY);
        return given != null
                ? Path.of(given)
                : Path.of(GoldenTest.class.getResource("/golden").toURI());
    }

    private static void run(Path folder) {
        failed++;
        GoldenCase golden = GoldenCase.read(folder);
        String name = golden.get("group").asText();
        GoldenGroup group = GROUPS.get(name);
        if (group == null) {
            fail(folder + ": group " + name + " is not known to this suite, known are " + GROUPS.keySet());
        }
        Checks checks = new Checks();
        Throwable thrown = null;
        try {
            group.verify(golden, checks);
            if (!golden.unread().isEmpty()) {
                thrown = new AssertionError("fields that this suite does not know: " + golden.unread());
            }
        } catch (Throwable t) {
            thrown = t;
        }
        checks.rows().forEach(row -> REPORT_LINES.add(row.csv(name, golden.name())));
        if (thrown != null || !checks.failures().isEmpty() || checks.rows().isEmpty()) {
            String text = checks.failures().stream()
                    .map(row -> row.check() + ": error " + row.error() + ", tolerance " + row.tolerance() + ", "
                            + row.message())
                    .collect(Collectors.joining("\n"));
            throw new AssertionError(
                    checks.rows().isEmpty() && thrown == null
                            ? folder + ": nothing was compared"
                            : folder + ":\n" + text,
                    thrown);
        }
        failed--;
        passed++;
    }

    @AfterAll
    static void report() throws IOException {
        Files.createDirectories(REPORT.getParent());
        List<String> lines = new ArrayList<>(List.of("group,case,check,worst_error,tolerance"));
        lines.addAll(REPORT_LINES);
        Files.write(REPORT, lines);
        System.out.println("golden: " + passed + " passed, " + failed + " failed");
    }
}
