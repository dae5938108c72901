package io.covey.spark.job;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileProblem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads job files. All that is wrong with one is reported at once, each problem with its line, its key and what is wanted.
 * Whether data files exist is not looked at here.
 */
public final class JobFile {
    private static final String CLUSTER = "cluster";

    private JobFile() {}

    /**
     * Reads a local file.
     *
     * @param overrides {@code key.path=value}, the value in YAML, applied in this order
     * @throws CoveyException a caller's error that lists all problems
     */
    public static JobConfig load(Path file, List<String> overrides) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        return parse(file.toString(), read(file), folder.toString(), overrides);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw CoveyException.caller("job file " + file + " is not UTF-8 text", e);
        } catch (IOException e) {
            String reason = Files.isDirectory(file)
                    ? "it is a folder"
                    : Files.exists(file) ? FileProblem.of(e) : "there is no such file";
            throw CoveyException.caller("cannot read job file " + file + ": " + reason, e);
        }
    }

    /**
     * Reads a local file that may describe variants.
     *
     * @param overrides as for {@link #load}; they win over what variants set
     * @return the variants in their order, or the job itself if there are none. A variant's name and its run folder are those of
     *     the job with the variant's name added
     * @throws CoveyException a caller's error that lists all problems, of the first variant that has any
     */
    public static List<JobConfig> variants(Path file, List<String> overrides) {
        JobConfig job = load(file, overrides);
        List<JobConfig> jobs = new ArrayList<>();
        for (Variant variant : variants(file.toString(), read(file), overrides)) {
            List<String> settings = new ArrayList<>();
            settings.add("name=" + job.name() + "-" + variant.name());
            settings.addAll(variant.settings());
            settings.addAll(overrides);
            String folder = job.checkpoint().dir().replace("'", "''");
            settings.add("checkpoint.dir='" + folder + "/" + variant.name() + "'");
            try {
                jobs.add(load(file, settings));
            } catch (CoveyException e) {
                throw CoveyException.caller("variant " + variant.name() + ": " + e.getMessage(), e);
            }
        }
        return jobs.isEmpty() ? List.of(job) : List.copyOf(jobs);
    }

    private static List<Variant> variants(String source, String text, List<String> overrides) {
        Problems problems = new Problems(source);
        YamlNode root = YamlText.compose(text, line -> new Origin(source, line), "", problems);
        YamlNode changed = Overrides.apply(root, overrides, problems);
        Values values = JobSchema.JOB.readValues(changed, "", new Reading(problems, "/", source));
        List<Variant> variants = values.get(JobSchema.VARIANTS);
        return variants == null ? List.of() : variants;
    }

    /**
     * Reads a job file's text.
     *
     * @param source name of the file, for messages; without its folder and extension it is the job's default name
     * @param folder that relative paths start from: an absolute path or a URI
     * @param overrides as for {@link #load}
     * @throws CoveyException a caller's error that lists all problems
     */
    public static JobConfig parse(String source, String text, String folder, List<String> overrides) {
        Problems problems = new Problems(source);
        YamlNode root = YamlText.compose(text, line -> new Origin(source, line), "", problems);
        if (root == null) {
            problems.throwIfAny();
            root = YamlNode.Mapping.empty(new Origin(source, 1));
        }
        YamlNode changed = Overrides.apply(root, overrides, problems);
        Reading reading = new Reading(problems, folder, defaultName(source));
        Values values = JobSchema.JOB.readValues(changed, "", reading);
        Combinations.check(values);
        problems.throwIfAny();
        return JobSchema.JOB.construct(values);
    }

    /**
     * A job's section {@code cluster} alone.
     *
     * @param source what the settings belong to, for messages
     * @param settings {@code key=value}, the value in YAML
     * @throws CoveyException a caller's error that lists all problems
     */
    public static JobConfig.Cluster cluster(String source, List<String> settings) {
        Problems problems = new Problems(source);
        YamlNode.Mapping empty = YamlNode.Mapping.empty(new Origin(source, 1));
        List<String> assignments = settings.stream()
                .map(setting -> KeyPath.child(CLUSTER, setting))
                .toList();
        YamlNode root = Overrides.apply(empty, assignments, problems);
        YamlNode.Entry given =
                root instanceof YamlNode.Mapping mapping ? mapping.entries().get(CLUSTER) : null;
        Reading reading = new Reading(problems, System.getProperty("user.dir"), source);
        JobConfig.Cluster cluster = ClusterSchema.CLUSTER.read(given == null ? empty : given.value(), CLUSTER, reading);
        if (cluster != null) {
            Combinations.checkCluster(new Values("", Map.of(), reading), cluster);
        }
        problems.throwIfAny();
        return cluster;
    }

    /** A path of the command line: absolute, from the working directory; a URI stays as it is. */
    public static String absolute(String path) {
        return PathType.resolve(System.getProperty("user.dir"), path);
    }

    private static String defaultName(String source) {
        String file = source.substring(source.lastIndexOf('/') + 1);
        String base = file.replaceFirst("\\.[^.]*$", "").replaceAll("[^A-Za-z0-9._-]", "-");
        return base.replaceFirst("^[._-]+", "").isEmpty() ? "job" : base.replaceFirst("^[._-]+", "");
    }
}
