package io.covey.spark.cli;

import io.covey.trainer.Counted;
import io.covey.trainer.checkpoint.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tensors as an aligned table. */
final class TensorTable {
    private static final List<String> HEADER = List.of("name", "dtype", "shape", "shard", "bytes", "checksum");
    private static final int BYTES = HEADER.indexOf("bytes");
    private static final String GAP = "  ";

    private TensorTable() {}

    /** One line per tensor below a header, and a line of totals. */
    static String of(List<TensorInfo> tensors) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        tensors.forEach(tensor -> rows.add(row(tensor)));
        int[] widths = new int[HEADER.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == BYTES ? padding + row.get(i) : row.get(i) + padding)
                        .append(GAP);
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        long bytes = tensors.stream().mapToLong(TensorInfo::bytes).sum();
        return table.append(String.format(
                        Locale.ROOT, "%s, %s%n", Counted.of(tensors.size(), "tensor"), Counted.of(bytes, "byte")))
                .toString();
    }

    private static List<String> row(TensorInfo tensor) {
        return List.of(
                tensor.name(),
                tensor.dataType().label(),
                tensor.shape().toString(),
                tensor.shards().stream().map(String::valueOf).collect(Collectors.joining(",")),
                Long.toString(tensor.bytes()),
                tensor.checksum().toString());
    }
}
