package io.covey.server.update;

import io.covey.trainer.optimizer.NormSums;
import io.covey.trainer.optimizer.UpdatePlan;

/** How the sums that a step's passes leave are cut into frames: all parts are numbered through, pass by pass. Immutable. */
final class NormParts {
    private final int chunkLength;
    /** By pass: its first part; at the end the number of parts. */
    private final int[] firstPart;
    /** By pass: floats before its sums. */
    private final int[] start;

    /** @param chunkLength floats per frame; a sum's state is 64-bit numbers, which take two floats each */
    NormParts(UpdatePlan plan, int chunkLength) {
        this.chunkLength = chunkLength;
        int passes = plan.passes();
        firstPart = new int[passes + 1];
        start = new int[passes + 1];
        NormSums sums = plan.newSums();
        for (int pass = 0; pass < passes; pass++) {
            int floats = 2 * sums.stateLength(pass);
            firstPart[pass + 1] = firstPart[pass] + (floats + chunkLength - 1) / chunkLength;
            start[pass + 1] = start[pass] + floats;
        }
    }

    /** Number of parts of all passes. */
    int count() {
        return firstPart[firstPart.length - 1];
    }

    /** The number after that of the last part of {@code pass}. */
    int end(int pass) {
        return firstPart[pass + 1];
    }

    /** The number of the first part of {@code pass}. */
    int first(int pass) {
        return firstPart[pass];
    }

    /** Floats of all passes. */
    int floats() {
        return start[start.length - 1];
    }

    /** Floats before the sums of {@code pass}. */
    int start(int pass) {
        return start[pass];
    }

    /** Floats before {@code part}. */
    int offset(int part) {
        int pass = passOf(part);
        return start[pass] + (part - firstPart[pass]) * chunkLength;
    }

    /** Floats in {@code part}. */
    int length(int part) {
        return Math.min(chunkLength, start[passOf(part) + 1] - offset(part));
    }

    private int passOf(int part) {
        int pass = 0;
        while (part >= firstPart[pass + 1]) {
            pass++;
        }
        return pass;
    }
}
