package io.covey.spark.cli;

import io.covey.spark.job.JobConfig;
import io.covey.spark.job.JobFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The job file and changes to it. */
final class JobOptions {
    @Parameters(paramLabel = "JOB", description = "Job file in YAML.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {
                "Set a key of the job file, for example fit.epochs=2 or model.sequential.1.dense.units=10. May be given"
                        + " several times. Relative paths start from the job file's folder."
            })
    private List<String> overrides = new ArrayList<>();

    Path file() {
        return file;
    }

    /** The job's variants in their order, or the job itself if it has none. */
    List<JobConfig> variants() {
        return JobFile.variants(file, overrides);
    }

    JobConfig load() {
        return JobFile.load(file, overrides);
    }
}
