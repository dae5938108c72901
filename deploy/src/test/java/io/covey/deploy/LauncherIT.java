package io.covey.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The launcher and the jars of the distribution, before any training. */
@Tag("cluster")
@Timeout(600)
class LauncherIT {
    private static final long DEADLINE_S = 300;
    /** Artifact name, version, native classifier. */
    private static final Pattern JAR = Pattern.compile("(.+?)-\\d[^-]*(?:-[^-]+?)*?(-linux-x86_64)?\\.jar");

    @TempDir
    Path scratch;

    @Test
    void shouldPrintVersionOfDistribution() throws Exception {
        String version = Command.DISTRIBUTION.getFileName().toString().substring("covey-".length());
        Command.covey("--version").run(DEADLINE_S).expect(0).outContains(version);
    }

    @Test
    void shouldPrintSubcommandsWhenAskedForHelp() throws Exception {
        CommandResult help = Command.covey("--help").run(DEADLINE_S).expect(0);
        for (String subcommand : List.of("train", "resume", "evaluate", "summary", "validate", "checkpoint", "bench")) {
            help.outContains(subcommand);
        }
    }

    @Test
    void shouldExitWithCallersErrorWhenSubcommandIsUnknown() throws Exception {
        Command.covey("trian").run(DEADLINE_S).expect(2).errContains("trian");
    }

    @Test
    void shouldRunThroughSymbolicLinkInFolderWithSpaces() throws Exception {
        Path folder = Files.createDirectory(scratch.resolve("a folder"));
        Path link = Files.createSymbolicLink(folder.resolve("covey link"), Command.DISTRIBUTION.resolve("bin/covey"));
        try {
            Command.of(link, "--version").run(DEADLINE_S).expect(0);
        } finally {
            Files.delete(link);
        }
    }

    /** By a shell, for the JVM of this test may itself not know such names. */
    @Test
    void shouldReadJobInFolderWithOtherLettersWhenLocaleIsAscii() throws Exception {
        String script = """
                folder=$1/$'\\xc3\\xbc'
                mkdir "$folder" && cp "$2/examples/mnist/mlp.yaml" "$folder" && cd "$folder" || exit
                "$2/bin/covey" summary mlp.yaml
                result=$?
                rm -r "$folder"
                exit $result
                """;
        Command.of(Path.of("/bin/bash"), "-c", script, "bash", scratch.toString(), Command.DISTRIBUTION.toString())
                .env("LC_ALL", "C")
                .run(DEADLINE_S)
                .expect(0)
                .outContains("316,810");
    }

    @Test
    void shouldExitWithCallersErrorWhenJavaHomeHasNoJava() throws Exception {
        Command.covey("--version")
                .env("JAVA_HOME", scratch.toString())
                .run(DEADLINE_S)
                .expect(2)
                .errContains("JAVA_HOME is " + scratch);
    }

    @Test
    void shouldExitWithCallersErrorWhenSparkHomeHasNoJars() throws Exception {
        Command.covey("--version")
                .env("SPARK_HOME", scratch.toString())
                .run(DEADLINE_S)
                .expect(2)
                .errContains("SPARK_HOME is " + scratch);
    }

    @Test
    void shouldTakeCollectorAndHeapFromCoveyJavaOpts() throws Exception {
        Command.covey("--version")
                .env("COVEY_JAVA_OPTS", "-XX:+UseSerialGC -Xmx256m -Xlog:gc*:stderr")
                .run(DEADLINE_S)
                .expect(0)
                .errContains("Using Serial")
                .errContains("Heap Max Capacity: 256M");
    }

    @Test
    void shouldSayHowCoveySubmitIsCalledWhenAskedForHelp() throws Exception {
        Command.of(Command.DISTRIBUTION.resolve("bin/covey-submit"), "--help")
                .run(DEADLINE_S)
                .expect(0)
                .outContains("covey-submit [options of spark-submit] -- COMMAND");
    }

    @Test
    void shouldExplainUsageWhenSubmitLacksCommand() throws Exception {
        Command.of(Command.DISTRIBUTION.resolve("bin/covey-submit"), "--master", "local[1]")
                .run(DEADLINE_S)
                .expect(2)
                .errContains("covey-submit [options of spark-submit] -- COMMAND");
    }

    @Test
    void shouldUnpackNoLibraryWhenJobIsOnlyValidated() throws Exception {
        Path job = Command.DISTRIBUTION.resolve("examples/mnist/mlp.yaml");
        Command.covey("validate", job.toString())
                .env("COVEY_JAVA_OPTS", "-Djava.io.tmpdir=" + scratch + " -Duser.home=" + scratch)
                .run(DEADLINE_S)
                .expect(0);
        try (Stream<Path> files = Files.walk(scratch)) {
            assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
        }
    }

    /** Of one artifact in two places or two versions, the class path's order would choose. */
    @Test
    void shouldHoldEachArtifactOnce() throws IOException {
        Map<String, List<Path>> byArtifact = new TreeMap<>();
        for (Path jar : jars()) {
            Matcher name = JAR.matcher(jar.getFileName().toString());
            assertTrue(name.matches(), () -> "no version in the name of " + jar);
            String artifact = name.group(2) == null ? name.group(1) : name.group(1) + name.group(2);
            byArtifact.computeIfAbsent(artifact, key -> new ArrayList<>()).add(jar);
        }
        // ND4J's guava is another artifact: Guava under ND4J's own package names.
        byArtifact.get("guava").removeIf(jar -> jar.endsWith("guava-1.0.0-M2.1.jar"));
        byArtifact.values().removeIf(jars -> jars.size() == 1);
        assertEquals(Map.of(), byArtifact);
    }

    @Test
    void shouldHoldNativesOfOnePlatformOnly() throws IOException {
        Pattern otherPlatform =
                Pattern.compile("(windows|macosx|osx|android|linux)-(?!x86_64).+|(windows|macosx|osx)-.+");
        assertEquals(
                List.of(),
                jars().stream()
                        .filter(jar -> otherPlatform
                                .matcher(jar.getFileName().toString())
                                .find())
                        .toList());
    }

    private static List<Path> jars() throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String folder : List.of("lib", "spark/jars")) {
            try (Stream<Path> files = Files.list(Command.DISTRIBUTION.resolve(folder))) {
                List<Path> found = files.sorted().collect(Collectors.toList());
                assertTrue(found.size() > 10, () -> "jars in " + folder + ": " + found);
                jars.addAll(found);
            }
        }
        return jars;
    }
}
