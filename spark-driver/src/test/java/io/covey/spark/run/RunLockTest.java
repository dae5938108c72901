package io.covey.spark.run;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class RunLockTest {
    @TempDir
    private Path folder;

    private final FileStore files = new LocalFileStore();

    @Test
    void shouldTakeTheNextFolderWhenAnotherRunIsThereOrStartsThere() throws IOException {
        String wanted = folder + "/run";
        try (RunLock first = RunLock.ofFree(files, wanted);
                RunLock second = RunLock.ofFree(files, wanted)) {
            assertEquals(wanted, first.folder());
            assertEquals(wanted + "-2", second.folder());
        }
        Files.writeString(folder.resolve("run/job.yaml"), "name: a");
        try (RunLock third = RunLock.ofFree(files, wanted)) {
            assertEquals(wanted + "-2", third.folder());
        }
    }

    @Test
    void shouldTakeAFolderAgainWhenTheRunBeforeWasKilledBeforeItBegan() throws IOException {
        String wanted = folder + "/run";
        Files.createDirectory(folder.resolve("run"));
        for (String name : new String[] {".lock", "configuration.txt", "job.yaml.tempstate"}) {
            Files.writeString(folder.resolve("run").resolve(name), "");
        }
        try (RunLock lock = RunLock.ofFree(files, wanted)) {
            assertEquals(wanted, lock.folder());
        }
    }

    @Test
    void shouldRefuseAFolderWhenAnotherTrainsInIt() {
        RunDirectory run = new RunDirectory(files, folder.toString());
        try (RunLock lock = RunLock.of(run)) {
            CoveyException e = assertThrows(CoveyException.class, () -> RunLock.of(run));
            assertEquals(CoveyException.Category.CALLER, e.category());
            assertTrue(e.getMessage().contains("trains in the run folder " + lock.folder()), e.getMessage());
        }
        RunLock.of(run).close();
    }
}
