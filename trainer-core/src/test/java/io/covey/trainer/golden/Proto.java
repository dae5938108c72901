package io.covey.trainer.golden;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The fields of a protobuf message by their numbers: a second implementation, for checking the first. */
final class Proto {
    private final Map<Integer, List<Object>> fields = new HashMap<>();

    Proto(ByteBuffer message) {
        ByteBuffer buffer = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            long key = varint(buffer);
            Object value =
                    switch ((int) (key & 7)) {
                        case 0 -> varint(buffer);
                        case 1 -> buffer.getLong();
                        case 2 -> {
                            byte[] bytes = new byte[(int) varint(buffer)];
                            buffer.get(bytes);
                            yield bytes;
                        }
                        case 5 -> (long) buffer.getInt();
                        default -> throw new IllegalArgumentException("wire type " + (key & 7));
                    };
            fields.computeIfAbsent((int) (key >>> 3), field -> new ArrayList<>())
                    .add(value);
        }
    }

    private static long varint(ByteBuffer buffer) {
        long value = 0;
        int shift = 0;
        byte b;
        do {
            b = buffer.get();
            value |= (b & 0x7FL) << shift;
            shift += 7;
        } while (b < 0);
        return value;
    }

    boolean has(int field) {
        return fields.containsKey(field);
    }

    /** 0 if it is missing. */
    long number(int field) {
        return has(field) ? (Long) fields.get(field).get(0) : 0;
    }

    byte[] bytes(int field) {
        return has(field) ? (byte[]) fields.get(field).get(0) : new byte[0];
    }

    List<byte[]> allBytes(int field) {
        List<byte[]> all = new ArrayList<>();
        fields.getOrDefault(field, List.of()).forEach(value -> all.add((byte[]) value));
        return all;
    }

    String text(int field) {
        return new String(bytes(field), StandardCharsets.UTF_8);
    }

    Proto message(int field) {
        return new Proto(ByteBuffer.wrap(bytes(field)));
    }

    List<Proto> messages(int field) {
        return allBytes(field).stream()
                .map(bytes -> new Proto(ByteBuffer.wrap(bytes)))
                .toList();
    }
}
