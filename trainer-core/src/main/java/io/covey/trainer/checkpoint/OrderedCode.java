package io.covey.trainer.checkpoint;

import java.nio.charset.StandardCharsets;

/**
 * Numbers and strings as bytes that sort like their values (TensorFlow's {@code core/lib/strings/ordered_code.cc}): the keys
 * of tensor slices.
 */
final class OrderedCode {
    private OrderedCode() {}

    /** Key of the entry that holds {@code slice} of tensor {@code name}. */
    static byte[] sliceKey(String name, TensorSlice slice) {
        WireWriter key = new WireWriter();
        unsigned(key, 0);
        string(key, name.getBytes(StandardCharsets.UTF_8));
        unsigned(key, slice.extents().size());
        for (TensorSlice.Extent extent : slice.extents()) {
            signed(key, extent.start());
            signed(key, extent.length());
        }
        return key.toByteArray();
    }

    /** One byte with the number of significant bytes, then those, the highest first. */
    static void unsigned(WireWriter target, long value) {
        int length = (Long.SIZE - Long.numberOfLeadingZeros(value) + 7) / 8;
        target.u8(length);
        for (int i = length - 1; i >= 0; i--) {
            target.u8((int) (value >>> (8 * i)));
        }
    }

    /** 00 becomes 00 FF and FF becomes FF 00, 00 01 ends the string. */
    static void string(WireWriter target, byte[] value) {
        for (byte b : value) {
            target.u8(b);
            if (b == 0) {
                target.u8(0xFF);
            } else if (b == (byte) 0xFF) {
                target.u8(0);
            }
        }
        target.u8(0).u8(1);
    }

    /**
     * The value in n bytes of two's complement, the highest first, with the upper n bits of the first two bytes flipped in a
     * pattern that tells n; n is the least that leaves 7n bits for the value and its sign.
     */
    static void signed(WireWriter target, long value) {
        long magnitude = value >= 0 ? value : ~value;
        int n = (Long.SIZE - Long.numberOfLeadingZeros(magnitude)) / 7 + 1;
        int header = (0xFFFF << (16 - n)) & 0xFFFF;
        for (int i = n - 1; i >= 0; i--) {
            int shift = 8 * i;
            int b = (int) (shift >= Long.SIZE ? value >> (Long.SIZE - 1) : value >> shift) & 0xFF;
            int flip = i == n - 1 ? header >>> 8 : i == n - 2 ? header & 0xFF : 0;
            target.u8(b ^ flip);
        }
    }
}
