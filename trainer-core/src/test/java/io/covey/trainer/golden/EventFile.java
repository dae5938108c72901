package io.covey.trainer.golden;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Reads TensorBoard's event files, with bare protobuf parsing of its own, into the form in which they were recorded. */
final class EventFile {
    /**
     * An event with one value.
     *
     * @param version of the file; null but in the first event
     * @param plugin that shows the value
     * @param shape of the value's tensor
     * @param value numbers of the tensor, or its strings
     */
    record Event(long step, String version, String tag, String plugin, List<Integer> shape, Object value) {}

    private EventFile() {}

    static List<Event> read(byte[] file) {
        List<Event> events = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            int length = Math.toIntExact(buffer.getLong(buffer.position()));
            requireCrc(file, buffer.position(), Long.BYTES, buffer.getInt(buffer.position() + Long.BYTES));
            int start = buffer.position() + Long.BYTES + Integer.BYTES;
            requireCrc(file, start, length, buffer.getInt(start + length));
            events.add(event(new Proto(buffer.slice(start, length))));
            buffer.position(start + length + Integer.BYTES);
        }
        return events;
    }

    private static void requireCrc(byte[] file, int offset, int length, int masked) {
        CRC32C crc = new CRC32C();
        crc.update(file, offset, length);
        int rotated = masked - 0xA282EAD8;
        if (Integer.rotateRight(rotated, 17) != (int) crc.getValue()) {
            throw new IllegalArgumentException("wrong checksum at " + offset);
        }
    }

    private static Event event(Proto event) {
        long step = event.number(2);
        if (event.has(3)) {
            return new Event(step, event.text(3), null, null, null, null);
        }
        Proto value = event.message(5).message(1);
        String tag = value.text(1);
        if (value.has(2)) {
            return new Event(
                    step, null, tag, "scalars", List.of(), (double) Float.intBitsToFloat((int) value.number(2)));
        }
        if (value.has(5)) {
            List<Double> rows = migrated(value.message(5));
            return new Event(step, null, tag, "histograms", List.of(rows.size() / 3, 3), rows);
        }
        if (value.has(4)) {
            Proto image = value.message(4);
            List<byte[]> strings = List.of(
                    Long.toString(image.number(2)).getBytes(StandardCharsets.UTF_8),
                    Long.toString(image.number(1)).getBytes(StandardCharsets.UTF_8),
                    image.bytes(4));
            return new Event(step, null, tag, "images", List.of(strings.size()), strings);
        }
        String plugin = value.message(9).message(1).text(1);
        Proto tensor = value.message(8);
        List<Integer> shape = new ArrayList<>();
        tensor.message(2).messages(2).forEach(dimension -> shape.add((int) dimension.number(1)));
        Object content =
                switch ((int) tensor.number(1)) {
                    case 1 ->
                        (double) ByteBuffer.wrap(tensor.bytes(4))
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getFloat();
                    case 2 -> doubles(tensor.bytes(4));
                    case 7 -> tensor.allBytes(8);
                    default -> throw new IllegalArgumentException("data type " + tensor.number(1));
                };
        // A scalar string was recorded as an array of one.
        List<Integer> recorded = content instanceof List && shape.isEmpty() ? List.of(1) : List.copyOf(shape);
        return new Event(step, null, tag, plugin, recorded, content);
    }

    /** TensorBoard's {@code data_compat}: edges as float32, empty buckets at both ends left out. */
    private static List<Double> migrated(Proto histogram) {
        List<Double> limits = doubles(histogram.bytes(6));
        List<Double> counts = doubles(histogram.bytes(7));
        int first = 0;
        int last = counts.size() - 1;
        while (first < last && counts.get(first) == 0) {
            first++;
        }
        while (last > first && counts.get(last) == 0) {
            last--;
        }
        List<Double> rows = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            double left = i == first ? Double.longBitsToDouble(histogram.number(1)) : limits.get(i - 1);
            double right = i == last ? Double.longBitsToDouble(histogram.number(2)) : limits.get(i);
            rows.add((double) (float) left);
            rows.add((double) (float) right);
            rows.add(counts.get(i));
        }
        return rows;
    }

    private static List<Double> doubles(byte[] bytes) {
        List<Double> values = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            values.add(buffer.getDouble());
        }
        return values;
    }
}
