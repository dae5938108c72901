package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.DataType;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.checkpoint.TensorBundleReader;
import io.covey.trainer.checkpoint.TensorBytes;
import io.covey.trainer.checkpoint.TensorInfo;
import io.covey.trainer.memory.NativeFloats;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checkpoints that TensorFlow wrote, whole ones and damaged copies, read as TensorFlow reads them. */
final class CheckpointGroup implements GoldenGroup {
    private static final Base64.Encoder BASE64 = Base64.getEncoder();
    private static final Pattern WHOLE_ROWS = Pattern.compile("\\d+ \\d+ (\\d+),\\d+:-");

    private final FileStore store = new LocalFileStore();

    @Override
    public void verify(GoldenCase golden, Checks checks) throws Exception {
        // How the files came about, and what Keras computes with a model's weights.
        golden.skip("what", "files", "slices_written", "expected_concat_note", "weights", "input", "output");
        if (golden.has("rows")) {
            StateFileChecks.verifyRows(golden, checks);
            return;
        }
        try (TensorBundleReader reader = open(golden, golden.get("prefix").asText())) {
            reader.validate();
            checkTensors(golden, reader, checks);
            if (golden.has("slice_reads")) {
                checkSlices(golden, reader, checks);
            }
            if (golden.has("restore_errors")) {
                checkRefusals(golden, reader, checks);
            }
            if (golden.has("variants")) {
                checkVariants(golden, reader, checks);
            }
        }
        if (golden.has("state_file")) {
            StateFileChecks.verifyManager(golden, checks);
        }
    }

    private TensorBundleReader open(GoldenCase golden, String prefix) {
        return TensorBundleReader.open(store, golden.folder().resolve(prefix).toString());
    }

    private static void checkTensors(GoldenCase golden, TensorBundleReader reader, Checks checks) throws IOException {
        List<TensorInfo> tensors = reader.list();
        List<String> listed = new ArrayList<>();
        golden.get("list_variables").forEach(row -> listed.add(row.get(0).asText() + row.get(1) + row.get(2)));
        checks.equal(
                "list_variables",
                String.join(" ", listed),
                tensors.stream()
                        .map(info -> info.name()
                                + row(info.shape())
                                + '"'
                                + info.dataType().label()
                                + '"')
                        .collect(Collectors.joining(" ")));
        List<float[]> concatenated = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            TensorInfo info = tensors.get(i);
            JsonNode expected = golden.get("tensors").get(i);
            String found = expected.get("name").asText().equals(info.name()) ? info.name() : info + " at " + i;
            checks.equal(
                    found,
                    expected.get("dtype").asText() + expected.get("shape") + "ok",
                    info.dataType().label() + row(info.shape()) + info.checksum() + info.problem());
            if (golden.has("expected_concat")) {
                concatenated.add(floats(reader, info));
            } else {
                checks.equal(found + " content", expectedContent(golden, expected, info), content(reader, info));
            }
        }
        if (golden.has("expected_concat")) {
            float[] expected = golden.array(golden.get("expected_concat")).floats();
            float[] all = new float[expected.length];
            int length = 0;
            for (float[] each : concatenated) {
                System.arraycopy(each, 0, all, length, each.length);
                length += each.length;
            }
            checks.equal("length of all", expected.length, length);
            checks.close("all", expected, all, 0);
        }
    }

    private static String row(List<Long> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }

    private static String expectedContent(GoldenCase golden, JsonNode expected, TensorInfo info) throws IOException {
        if (expected.has("values")) {
            List<String> values = new ArrayList<>();
            expected.get("values")
                    .forEach(value -> values.add(value.get("base64").asText()));
            return String.join(" ", values);
        }
        if (expected.has("proto_file")) {
            return BASE64.encodeToString(Files.readAllBytes(
                    golden.folder().resolve(expected.get("proto_file").asText())));
        }
        return BASE64.encodeToString(TensorBytes.of(golden.array(expected.get("array")), info.dataType()));
    }

    /** A tensor's bytes in base64; of strings each by itself. */
    private static String content(TensorBundleReader reader, TensorInfo info) {
        return info.dataType() == DataType.STRING
                ? reader.readStrings(info.name()).stream()
                        .map(BASE64::encodeToString)
                        .collect(Collectors.joining(" "))
                : BASE64.encodeToString(TensorBytes.of(reader, info));
    }

    private static float[] floats(TensorBundleReader reader, TensorInfo info) {
        int elements = info.shape().stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
        try (NativeFloats target = NativeFloats.allocate(elements)) {
            reader.readFloats(info.name(), target);
            return target.get(0, elements);
        }
    }

    /** Slices of whole rows, of tensors with two axes: what servers read of a vector's ranges. */
    private static void checkSlices(GoldenCase golden, TensorBundleReader reader, Checks checks) {
        TensorInfo sliced = reader.list().stream()
                .filter(info -> info.shape().size() == 2)
                .findFirst()
                .orElseThrow();
        long width = sliced.shape().get(1);
        for (JsonNode read : golden.get("slice_reads")) {
            float[] expected = golden.array(read.get("expected")).floats();
            Matcher rows = WHOLE_ROWS.matcher(read.get("shape_and_slice").asText());
            if (rows.matches()) {
                try (NativeFloats target = NativeFloats.allocate(expected.length)) {
                    reader.readFloats(sliced.name(), Long.parseLong(rows.group(1)) * width, expected.length, target);
                    checks.close(rows.group(), expected, target.get(0, expected.length), 0);
                }
            }
        }
    }

    private static void checkRefusals(GoldenCase golden, TensorBundleReader reader, Checks checks) {
        JsonNode errors = golden.get("restore_errors");
        String name = reader.list().stream()
                .filter(info -> info.dataType() == DataType.FLOAT)
                .findFirst()
                .orElseThrow()
                .name();
        checks.equal(
                "wrong_dtype", errors.get("wrong_dtype").get("ok").asBoolean(), succeeds(() -> reader.readInt64(name)));
        checks.equal(
                "missing_key", errors.get("missing_key").get("ok").asBoolean(), succeeds(() -> reader.shape("nope")));
    }

    private void checkVariants(GoldenCase golden, TensorBundleReader good, Checks checks) {
        golden.get("variants").fields().forEachRemaining(variant -> {
            JsonNode expected = variant.getValue();
            String prefix = variant.getKey() + "/m";
            boolean opens = expected.get("open").get("ok").asBoolean();
            checks.equal(prefix, opens, succeeds(() -> open(golden, prefix).close()));
            if (opens) {
                try (TensorBundleReader reader = open(golden, prefix)) {
                    checkVariant(prefix, expected.get("tensors"), good, reader, checks);
                }
            }
        });
    }

    private static void checkVariant(
            String prefix, JsonNode expected, TensorBundleReader good, TensorBundleReader damaged, Checks checks) {
        boolean isWhole = true;
        for (TensorInfo info : damaged.list()) {
            boolean isGood = expected.get(info.name()).get("ok").asBoolean();
            isWhole &= isGood;
            String check = prefix + " " + info.name();
            checks.equal(check + " checksum", isGood, info.checksum() == TensorInfo.Checksum.OK);
            checks.equal(check, isGood, succeeds(() -> content(damaged, info)));
            if (isGood) {
                checks.equal(check + " content", content(good, info), content(damaged, info));
            }
        }
        checks.equal(prefix + " is valid", isWhole, succeeds(damaged::validate));
    }

    private static boolean succeeds(Runnable read) {
        try {
            read.run();
            return true;
        } catch (CoveyException e) {
            return false;
        }
    }
}
