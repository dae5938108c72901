package io.covey.spark.run;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * The right to train in a run folder, which one process has at a time: two would write over each other's checkpoints. Ends with
 * the process, however that ends. Holds on local disks; other file systems have no locks.
 *
 * @param folder the run folder
 * @param lock what holds it
 */
record RunLock(String folder, Closeable lock) implements AutoCloseable {
    private static final String FILE = ".lock";
    private static final int MOST_RUNS = 10_000;

    /**
     * Locks a folder without a run: {@code wanted}, or the first of wanted-2, wanted-3, ... that holds none, so that nothing of
     * another run is lost or mixed in.
     */
    static RunLock ofFree(FileStore files, String wanted) {
        try {
            for (int run = 1; run < MOST_RUNS; run++) {
                String folder = run == 1 ? wanted : wanted + "-" + run;
                // Before the lock, so that no lock is left in folders of earlier runs; after it, for who was faster.
                if (isFree(files, folder)) {
                    Optional<Closeable> lock = files.lock(folder + "/" + FILE);
                    if (lock.isPresent() && isFree(files, folder)) {
                        return new RunLock(folder, lock.get());
                    }
                    if (lock.isPresent()) {
                        lock.get().close();
                    }
                }
            }
        } catch (IOException e) {
            throw CoveyException.caller("cannot create the run folder " + wanted + ": " + FileProblem.of(e), e);
        }
        throw CoveyException.caller(
                "there are " + MOST_RUNS + " runs named " + wanted + "-n: choose another checkpoint.dir");
    }

    /**
     * Locks the folder of an earlier run.
     *
     * @throws CoveyException a caller's error while another process trains in it
     */
    static RunLock of(RunDirectory run) {
        try {
            return new RunLock(
                    run.path(),
                    run.files()
                            .lock(run.file(FILE))
                            .orElseThrow(() -> CoveyException.caller("another process trains in the run folder "
                                    + run.path() + ": wait for its end, or stop it")));
        } catch (IOException e) {
            throw CoveyException.caller("cannot write to the run folder " + run.path() + ": " + FileProblem.of(e), e);
        }
    }

    private static boolean isFree(FileStore files, String folder) throws IOException {
        return files.list(folder).stream().allMatch(name -> name.equals(FILE) || RunDirectory.precedesRun(name));
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw CoveyException.failure("cannot unlock the run folder " + folder + ": " + FileProblem.of(e), e);
        }
    }
}
