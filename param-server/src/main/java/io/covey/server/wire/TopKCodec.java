package io.covey.server.wire;

import io.covey.trainer.wire.WireFormat;
import java.util.Arrays;

/** See {@link WireFormat.TopK}: the places of the numbers that are sent, ascending, as bytes, then the numbers as float32. */
final class TopKCodec implements BlockCodec {
    private final WireFormat.TopK format;
    private final int[] magnitudes = new int[WireFormat.BLOCK];

    TopKCodec(WireFormat.TopK format) {
        this.format = format;
    }

    @Override
    public void encode(float[] values, int count, byte[] out, int at) {
        int sent = format.count(count);
        int least = nthLargest(values, count, sent);
        int larger = 0;
        for (int i = 0; i < count; i++) {
            larger += BlockCodec.magnitudeBits(values[i]) > least ? 1 : 0;
        }
        int equal = sent - larger;
        int place = 0;
        for (int i = 0; place < sent; i++) {
            int magnitude = BlockCodec.magnitudeBits(values[i]);
            if (magnitude > least || (magnitude == least && equal-- > 0)) {
                out[at + place] = (byte) i;
                FLOATS.set(out, at + sent + place * Float.BYTES, values[i]);
                place++;
            }
        }
    }

    /** Bits of the {@code n}-th largest magnitude, by quickselect. */
    private int nthLargest(float[] values, int count, int n) {
        for (int i = 0; i < count; i++) {
            magnitudes[i] = BlockCodec.magnitudeBits(values[i]);
        }
        int wanted = count - n;
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int pivot = magnitudes[(low + high) >>> 1];
            int left = low;
            int right = high;
            while (left <= right) {
                while (magnitudes[left] < pivot) {
                    left++;
                }
                while (magnitudes[right] > pivot) {
                    right--;
                }
                if (left <= right) {
                    int swapped = magnitudes[left];
                    magnitudes[left++] = magnitudes[right];
                    magnitudes[right--] = swapped;
                }
            }
            if (wanted <= right) {
                high = right;
            } else if (wanted >= left) {
                low = left;
            } else {
                break;
            }
        }
        return magnitudes[wanted];
    }

    @Override
    public void decode(byte[] in, int at, float[] values, int count) {
        int sent = format.count(count);
        Arrays.fill(values, 0, count, 0f);
        for (int i = 0; i < sent; i++) {
            int place = Byte.toUnsignedInt(in[at + i]);
            if (place < count) {
                values[place] = (float) FLOATS.get(in, at + sent + i * Float.BYTES);
            }
        }
    }
}
