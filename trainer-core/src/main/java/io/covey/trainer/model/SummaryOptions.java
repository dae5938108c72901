package io.covey.trainer.model;

import java.util.Arrays;

/**
 * How Keras 3 prints a summary.
 *
 * @param lineLength width in characters, 0 for Keras' default in a terminal of 120 columns
 * @param showTrainable whether a column says what is trained
 * @param expandNested whether the layers of models inside the model are shown
 * @param optimizerCount numbers in the optimizer's variables, which a compiled model's summary counts; 0 for none
 */
public record SummaryOptions(int lineLength, boolean showTrainable, boolean expandNested, long optimizerCount) {
    public static final SummaryOptions DEFAULT = new SummaryOptions(0, false, false, 0);

    private static final int STACK_LENGTH_DEFAULT = 88;
    private static final int GRAPH_LENGTH_DEFAULT = 108;
    private static final int TRAINABLE_LENGTH = 12;
    private static final int LENGTH_MAX = 120 - 4;
    private static final double TRAINABLE_SHARE = 0.90;

    /** Where the columns end, as fractions of the width. */
    private static final double[] STACK_ENDS = {0.45, 0.80, 1.0};

    private static final double[] GRAPH_ENDS = {0.3, 0.56, 0.74, 1.0};

    int lineLength(boolean isStack) {
        int length = (isStack ? STACK_LENGTH_DEFAULT : GRAPH_LENGTH_DEFAULT) + (showTrainable ? TRAINABLE_LENGTH : 0);
        return lineLength > 0 ? lineLength : Math.min(length, LENGTH_MAX);
    }

    double[] ends(boolean isStack) {
        double[] ends = isStack ? STACK_ENDS : GRAPH_ENDS;
        if (!showTrainable) {
            return ends;
        }
        double[] withTrainable = Arrays.copyOf(ends, ends.length + 1);
        for (int i = 0; i < ends.length; i++) {
            withTrainable[i] *= TRAINABLE_SHARE;
        }
        withTrainable[ends.length] = 1;
        return withTrainable;
    }
}
