package io.covey.trainer.golden;

import io.covey.trainer.testing.NpyFile;

/** Recorded arrays as floats, whatever their type. */
final class RecordedArrays {
    private RecordedArrays() {}

    static float[] floats(NpyFile array) {
        float[] floats = new float[array.elements()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = switch (array.descr()) {
                case "<f4" -> array.data().getFloat(i * Float.BYTES);
                case "<f8" -> (float) array.data().getDouble(i * Double.BYTES);
                case "<i4" -> array.data().getInt(i * Integer.BYTES);
                case "<i8" -> array.data().getLong(i * Long.BYTES);
                case "|u1" -> array.data().get(i) & 0xff;
                default -> throw new IllegalArgumentException("arrays of " + array.descr() + " are not known");
            };
        }
        return floats;
    }

    /** The shape without the batch axis. */
    static int[] shapeOfSample(NpyFile array) {
        return array.shape().stream().skip(1).mapToInt(Integer::intValue).toArray();
    }
}
