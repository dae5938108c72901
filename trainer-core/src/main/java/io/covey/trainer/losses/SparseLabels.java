package io.covey.trainer.losses;

import io.covey.trainer.CoveyException;

/** Integer labels that arrive as floats. */
final class SparseLabels {
    private SparseLabels() {}

    /** The label as an index. */
    static int index(float label, int classes) {
        int index = (int) label;
        if (!(label > -1 && index < classes)) {
            throw CoveyException.caller("y_true has the label " + label + ", labels must be integers in [0, " + classes
                    + ") for a y_pred whose last axis is " + classes);
        }
        return index;
    }
}
