package io.covey.trainer.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Whose processor this is, where the fastest form of a loop depends on it. Nothing that decides bits may ask. */
public final class Processor {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final boolean AMD = isAmd(CPUINFO);

    private Processor() {}

    /** Whether AMD made it; false where that cannot be said. */
    public static boolean isAmd() {
        return AMD;
    }

    /** @param cpuinfo in the format of Linux' {@code /proc/cpuinfo} */
    static boolean isAmd(Path cpuinfo) {
        if (!Files.isReadable(cpuinfo)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(cpuinfo)) {
            return lines.anyMatch(line -> line.startsWith("vendor_id") && line.endsWith("AuthenticAMD"));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + cpuinfo, e);
        }
    }
}
