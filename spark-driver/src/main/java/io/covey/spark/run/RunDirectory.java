package io.covey.spark.run;

import io.covey.spark.job.JobConfig;
import io.covey.spark.job.JobFile;
import io.covey.spark.job.JobText;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.training.TrainingState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * The folder of one run: the job file in effect, the checkpoints, {@code history.csv} and, on a local disk, the log.
 *
 * @param files the file system
 * @param path path or URI, without a slash at its end
 */
record RunDirectory(FileStore files, String path) {
    /** Where log4j2's configuration looks for the name of the run's log. */
    private static final String LOG_PROPERTY = "covey.log";

    private static final String JOB = "job.yaml";
    private static final String CANONICAL = "configuration.txt";
    private static final String LOG = "covey.log";

    /** A new run, with this job file in effect, in a folder that {@link RunLock#ofFree} has found. */
    static RunDirectory create(FileStore files, String path, JobConfig job) {
        RunDirectory directory = new RunDirectory(files, path);
        try {
            directory.replace(CANONICAL, job.canonicalText());
            directory.replace(JOB, job.effectiveYaml());
            return directory;
        } catch (IOException e) {
            try {
                // The folder stays free for the next attempt.
                files.delete(directory.file(CANONICAL));
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw CoveyException.caller("cannot create the run folder " + path + ": " + FileProblem.of(e), e);
        }
    }

    /** Whether a file of this name may be left where the process was killed before there was a run. */
    static boolean precedesRun(String name) {
        return name.equals(CANONICAL)
                || name.equals(CANONICAL + FileStore.TEMPORARY_SUFFIX)
                || name.equals(JOB + FileStore.TEMPORARY_SUFFIX);
    }

    /** The folder of an earlier run. */
    static RunDirectory open(FileStore files, String path) {
        RunDirectory directory = new RunDirectory(files, stripSlash(path));
        try {
            if (!files.exists(directory.file(JOB))) {
                throw CoveyException.caller(path + " is not the folder of a run: it holds no " + JOB);
            }
        } catch (IOException e) {
            throw CoveyException.caller("cannot read the run folder " + path + ": " + FileProblem.of(e), e);
        }
        return directory;
    }

    /** The job that was run here, with changes. */
    JobConfig job(List<String> overrides) {
        return JobFile.parse(file(JOB), read(JOB), path, overrides);
    }

    /** Makes {@code job} the job in effect. */
    void write(JobConfig job) {
        try {
            replace(JOB, job.effectiveYaml());
        } catch (IOException e) {
            throw CoveyException.failure("cannot write " + file(JOB) + ": " + FileProblem.of(e), e);
        }
    }

    /**
     * Refuses to go on with a job that would give other bits than the checkpoint's.
     *
     * @throws CoveyException a caller's error that names the keys that differ
     */
    void requireSameBits(JobConfig job, TrainingState state) {
        if (!job.configurationHash().equals(state.configurationHash())) {
            throw CoveyException.caller("the checkpoints of " + path + " were written by another job, it differs in "
                    + String.join(", ", JobText.differences(read(CANONICAL), job.canonicalText()))
                    + ": set these back, or train anew");
        }
    }

    /** The run's checkpoints. */
    CheckpointDirectory checkpoints(JobConfig job) {
        return new CheckpointDirectory(files, path, job.checkpoint().keep());
    }

    /** Sends the log of this process to {@link #logFile}, if log4j2 is configured as in the distribution. */
    void logHere() {
        System.setProperty(LOG_PROPERTY, logFile());
        Configurator.reconfigure();
    }

    /** The log's path: in this folder if that is on a local disk, else in the temporary folder. */
    String logFile() {
        boolean local = !path.contains("://");
        return local ? file(LOG) : System.getProperty("java.io.tmpdir") + "/" + LOG;
    }

    /** The path of a file in this folder. */
    String file(String name) {
        return path + "/" + name;
    }

    private String read(String name) {
        try (FileStore.Input input = files.open(file(name))) {
            byte[] text = new byte[Math.toIntExact(input.length())];
            input.readFully(0, text, 0, text.length);
            return new String(text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw CoveyException.caller("cannot read " + file(name) + ": " + FileProblem.of(e), e);
        }
    }

    private void replace(String name, String text) throws IOException {
        files.replace(file(name), text.getBytes(StandardCharsets.UTF_8));
    }

    /** A folder's path as it is held here. */
    static String stripSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
