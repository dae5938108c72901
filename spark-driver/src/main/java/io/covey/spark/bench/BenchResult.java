package io.covey.spark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What one case gave.
 *
 * @param group for example {@code single}
 * @param model for example {@code M1}
 * @param batch samples per worker and step
 * @param workers worker processes
 * @param threads threads per worker
 * @param metric {@code samples_per_s} or {@code GB_per_s}
 * @param values one per repetition
 * @param bytesAllocatedPerStep Java heap bytes allocated by the training threads of this process per step, -1 if the steps
 *     ran in other processes
 * @param weightsSha256 hash of the weights after the last repetition
 */
record BenchResult(
        String group,
        String model,
        int batch,
        int workers,
        int threads,
        String metric,
        List<Double> values,
        double bytesAllocatedPerStep,
        String weightsSha256) {

    static String header() {
        return String.format(
                Locale.ROOT,
                "%-10s %-18s %6s %8s %8s %14s %14s %14s  %s",
                "group",
                "model",
                "batch",
                "workers",
                "threads",
                "median",
                "min",
                "max",
                "metric");
    }

    String toRow() {
        return String.format(
                Locale.ROOT,
                "%-10s %-18s %6d %8d %8d %14.3f %14.3f %14.3f  %s",
                group,
                model,
                batch,
                workers,
                threads,
                median(),
                min(),
                max(),
                metric);
    }

    ObjectNode toJson(ObjectMapper json) {
        ObjectNode node = json.createObjectNode();
        node.put("group", group).put("engine", "covey").put("model", model).put("batch", batch);
        node.put("workers", workers).put("threads", threads).put("metric", metric);
        node.put("median", median()).put("min", min()).put("max", max()).put("repetitions", values.size());
        if (bytesAllocatedPerStep >= 0) {
            node.put("bytes_allocated_per_step", bytesAllocatedPerStep);
        } else {
            node.putNull("bytes_allocated_per_step");
        }
        return node.put("weights_sha256", weightsSha256);
    }

    double median() {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private double min() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    private double max() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }
}
