package io.covey.trainer.api;

/** Classes that outputs stand for. */
final class Classes {
    private static final float EVEN = 0.5f;

    private Classes() {}

    /**
     * The class of each position.
     *
     * @param values the positions one after the other
     * @param width numbers in each: where the first largest is, or for one number whether it is above 0.5
     */
    static int[] of(float[] values, int width) {
        int[] classes = new int[values.length / width];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = width == 1 ? (values[i] > EVEN ? 1 : 0) : largest(values, i * width, width);
        }
        return classes;
    }

    private static int largest(float[] values, int from, int width) {
        int largest = 0;
        for (int k = 1; k < width; k++) {
            if (values[from + k] > values[from + largest]) {
                largest = k;
            }
        }
        return largest;
    }
}
