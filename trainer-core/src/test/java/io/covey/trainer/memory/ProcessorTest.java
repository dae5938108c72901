package io.covey.trainer.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(10)
class ProcessorTest {
    @TempDir
    private Path folder;

    @Test
    void shouldTellAmdWhenTheKernelNamesTheVendor() throws IOException {
        assertTrue(Processor.isAmd(cpuinfo("processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\n")));
        assertFalse(Processor.isAmd(cpuinfo("processor\t: 0\nvendor_id\t: GenuineIntel\n")));
    }

    @Test
    void shouldNotTellWhenNothingIsSaid() throws IOException {
        assertFalse(Processor.isAmd(cpuinfo("processor\t: 0\nCPU implementer\t: 0x41\n")));
        assertFalse(Processor.isAmd(folder.resolve("missing")));
    }

    private Path cpuinfo(String text) throws IOException {
        return Files.writeString(folder.resolve("cpuinfo"), text);
    }
}
