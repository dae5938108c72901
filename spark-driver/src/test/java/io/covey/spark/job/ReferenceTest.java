package io.covey.spark.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Keeps the README's reference equal to the schema; {@code -Dcovey.readme.write=true} writes it anew. */
@Timeout(300)
class ReferenceTest {
    private static final String BEGIN = "<!-- reference: written by ReferenceTest -->\n";
    private static final String END = "<!-- end of reference -->\n";

    @Test
    void shouldStandInTheReadmeAsTheSchemaHasIt() throws IOException {
        Path file = Path.of(System.getProperty("basedir", "."), "README.md");
        String readme = Files.readString(file);
        int begin = readme.indexOf(BEGIN);
        int end = readme.indexOf(END);
        assertTrue(begin >= 0 && end > begin, file + " has lost the markers of the reference");
        String right = readme.substring(0, begin) + BEGIN + Reference.markdown() + readme.substring(end);

        if (Boolean.getBoolean("covey.readme.write")) {
            Files.writeString(file, right);
        } else {
            assertEquals(
                    right,
                    readme,
                    "run mvn -pl spark-driver -am test -Dtest=ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false"
                            + " -Dcovey.readme.write=true");
        }
    }

    @Test
    void shouldNameEveryKeyOfAJob() {
        String canonicalKeys = JobTexts.parse(JobTexts.mlp()).canonicalText();
        String reference = Reference.markdown();
        canonicalKeys
                .lines()
                .map(line -> line.substring(0, line.indexOf(':')))
                .forEach(key -> assertTrue(isInReference(reference, key), key));
    }

    /** What is named with arguments of its own, as a layer, stands in the reference without them. */
    private static boolean isInReference(String reference, String key) {
        boolean isNamed =
                key.matches("model\\.sequential\\.\\d+.*|compile\\.(optimizer|loss)\\..*|compile\\.metrics\\..*");
        String listed = isNamed ? key.replaceAll("^(\\w+\\.\\w+).*", "$1") : key;
        return reference.contains("| `" + listed + "` |");
    }
}
