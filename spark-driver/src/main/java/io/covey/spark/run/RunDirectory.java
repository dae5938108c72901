package io.covey.spark.run;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The folder of one run: the job file in effect, the checkpoints, {@code history.csv} and, on a local disk, the log.
 *
 * @param files the file system
 * @param path path or URI, without a slash at its end
 */
public record RunDirectory(FileStore files, String path) {
    private static final String JOB = "job.yaml";
    private static final int MOST_RUNS = 10_000;

    /**
     * A new run folder with this job file in effect: {@code wanted}, or the first of wanted-2, wanted-3, ... that holds no run,
     * so that nothing of an earlier run is lost or mixed in.
     */
    public static RunDirectory create(FileStore files, String wanted, String jobYaml) {
        try {
            RunDirectory directory = new RunDirectory(files, free(files, stripSlash(wanted)));
            directory.writeJob(jobYaml);
            return directory;
        } catch (IOException e) {
            throw CoveyException.caller("cannot create the run folder " + wanted + ": " + e.getMessage(), e);
        }
    }

    /** The folder of an earlier run. */
    public static RunDirectory open(FileStore files, String path) {
        RunDirectory directory = new RunDirectory(files, stripSlash(path));
        try {
            if (!files.exists(directory.jobFile())) {
                throw CoveyException.caller(path + " is not the folder of a run: it holds no " + JOB);
            }
        } catch (IOException e) {
            throw CoveyException.caller("cannot read the run folder " + path + ": " + e.getMessage(), e);
        }
        return directory;
    }

    /** The job file in effect, with absolute paths and all defaults. */
    public String jobFile() {
        return file(JOB);
    }

    /** The text of {@link #jobFile}. */
    public String jobText() {
        try (FileStore.Input input = files.open(jobFile())) {
            byte[] text = new byte[Math.toIntExact(input.length())];
            input.readFully(0, text, 0, text.length);
            return new String(text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw CoveyException.caller("cannot read " + jobFile() + ": " + e.getMessage(), e);
        }
    }

    /** Replaces {@link #jobFile}. */
    public void writeJob(String jobYaml) throws IOException {
        String temporary = file("." + JOB + ".tmp");
        try (FileStore.Output output = files.create(temporary)) {
            output.write(jobYaml.getBytes(StandardCharsets.UTF_8));
            output.sync();
        }
        files.rename(temporary, jobFile());
    }

    /** The path of a file in this folder. */
    public String file(String name) {
        return path + "/" + name;
    }

    private static String free(FileStore files, String wanted) throws IOException {
        for (int run = 1; run < MOST_RUNS; run++) {
            String candidate = run == 1 ? wanted : wanted + "-" + run;
            if (files.list(candidate).isEmpty()) {
                return candidate;
            }
        }
        throw CoveyException.caller("there are " + MOST_RUNS + " runs named " + wanted + "-n: choose another checkpoint.dir");
    }

    private static String stripSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
