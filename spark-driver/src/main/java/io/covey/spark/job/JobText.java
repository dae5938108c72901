package io.covey.spark.job;

import io.covey.trainer.keras.ModelJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Writes a job: as a file that can be read again, and as the canonical text that is hashed. */
public final class JobText {
    /** Key of the canonical text alone: SHA-256 of the model that {@code model.file} holds. */
    private static final String ARCHITECTURE = "model.file.architecture";

    private JobText() {}

    static String yaml(JobConfig job) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.AUTO);
        options.setWidth(Integer.MAX_VALUE);
        options.setSplitLines(false);
        return new Yaml(options).dump(JobSchema.JOB.write(job, Type.Form.YAML));
    }

    static String canonical(JobConfig job) {
        StringBuilder text = new StringBuilder();
        flatten("", JobSchema.JOB.write(job, Type.Form.CANONICAL), text);
        if (job.model().file() != null) {
            // The path says which file, not what it held.
            flatten(ARCHITECTURE, sha256(ModelJson.sorted(job.model().model())), text);
        }
        return text.toString();
    }

    private static void flatten(String path, Object value, StringBuilder text) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, child) -> flatten(KeyPath.child(path, String.valueOf(key)), child, text));
        } else if (value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance)) {
            for (int i = 0; i < list.size(); i++) {
                flatten(KeyPath.child(path, String.valueOf(i)), list.get(i), text);
            }
        } else {
            String line = String.valueOf(value).replace("\n", "\\n");
            text.append(path).append(": ").append(line).append('\n');
        }
    }

    static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Where two canonical texts differ, for the refusal of a resume.
     *
     * @param saved from the checkpoint
     * @param now of the job to go on with
     * @return one entry per key, for example {@code fit.batch_size is 64, the checkpoint has 32}
     */
    public static List<String> differences(String saved, String now) {
        Map<String, String> before = values(saved);
        Map<String, String> after = values(now);
        Set<String> keys = new LinkedHashSet<>(before.keySet());
        keys.addAll(after.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            if (!Objects.equals(before.get(key), after.get(key))) {
                differences.add(key + " is " + after.getOrDefault(key, "not set") + ", the checkpoint has "
                        + before.getOrDefault(key, "none"));
            }
        }
        return differences;
    }

    private static Map<String, String> values(String canonical) {
        Map<String, String> values = new LinkedHashMap<>();
        canonical.lines().forEach(line -> {
            int colon = line.indexOf(": ");
            values.put(
                    line.substring(0, Math.max(0, colon)),
                    line.substring(colon + 1).strip());
        });
        return values;
    }
}
