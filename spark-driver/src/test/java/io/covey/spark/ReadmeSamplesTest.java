package io.covey.spark;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The Java samples of all READMEs compile. */
@Timeout(300)
class ReadmeSamplesTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```$");

    /** What samples need not say again: the imports, and what they have from the text around them. */
    private static final String IMPORTS = """
            import io.covey.spark.run.*;
            import io.covey.trainer.api.*;
            import io.covey.trainer.callbacks.*;
            import io.covey.trainer.losses.*;
            import io.covey.trainer.metrics.*;
            import io.covey.trainer.optimizer.*;
            import io.covey.trainer.training.*;
            import java.nio.file.*;
            import java.util.*;
            import org.nd4j.linalg.api.ndarray.INDArray;
            import static io.covey.trainer.activations.Activation.*;
            import static io.covey.trainer.api.FitArguments.fit;
            import static io.covey.trainer.api.Layers.*;
            """;

    private static final String GIVEN = """
            KerasModel model;
            Dataset train;
            Dataset testSet;
            INDArray x;
            org.apache.spark.SparkContext sparkContext;
            TrainingBackend backend;
            TrainingSpec spec;
            CheckpointOptions checkpoints;
            Callback csvLogger;
            Callback progress;
            """;

    @TempDir
    Path classes;

    /** A sample, named by its file and line. */
    record Sample(String where, String text) {
        @Override
        public String toString() {
            return where;
        }
    }

    static List<Sample> samples() throws IOException {
        try (Stream<Path> modules = Files.list(PROJECT)) {
            return Stream.concat(Stream.of(PROJECT), modules)
                    .map(folder -> folder.resolve("README.md"))
                    .filter(Files::exists)
                    .sorted()
                    .flatMap(ReadmeSamplesTest::samples)
                    .toList();
        }
    }

    private static Stream<Sample> samples(Path readme) {
        try {
            String text = Files.readString(readme);
            return BLOCK.matcher(text).results().map(block -> {
                long line = text.substring(0, block.start()).lines().count() + 1;
                return new Sample(PROJECT.relativize(readme) + ":" + line, block.group(1));
            });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldCompile(Sample sample) {
        assertEquals("", problems(sample.text()));
    }

    @Test
    void shouldFindTheSamplesOfEachReadmeThatHasSome() throws IOException {
        List<String> where = samples().stream().map(Sample::where).toList();
        for (String readme : List.of("README.md:", "trainer-core/README.md:", "spark-driver/README.md:")) {
            assertTrue(where.stream().anyMatch(name -> name.startsWith(readme)), where::toString);
        }
    }

    @Test
    void shouldNameWhatDoesNotCompile() {
        assertTrue(problems("model.train(fit());").contains("cannot find symbol"));
    }

    private String problems(String sample) {
        Predicate<String> isImport = line -> line.startsWith("import ");
        String source = IMPORTS
                + sample.lines().filter(isImport).collect(Collectors.joining("\n"))
                + "\nclass Sample {\n" + GIVEN + "void run() throws Exception {\n"
                + sample.lines().filter(isImport.negate()).collect(Collectors.joining("\n"))
                + "\n}\n}\n";
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of("-proc:none", "-d", classes.toString());
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Sample.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        compiler.getTask(new StringWriter(), null, found, options, null, List.of(file))
                .call();
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
                .collect(Collectors.joining("\n"));
    }
}
