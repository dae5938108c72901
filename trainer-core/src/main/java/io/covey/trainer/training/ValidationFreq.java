package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Keras' {@code validation_freq}: the epochs that a validation follows.
 *
 * @param every number of epochs from one validation to the next, where {@code epochs} is empty
 * @param epochs numbers of the epochs, from 1 as in Keras, in ascending order; empty for every n-th
 */
public record ValidationFreq(int every, List<Integer> epochs) implements Serializable {
    /** Validation after every epoch, Keras' default. */
    public static final ValidationFreq DEFAULT = every(1);

    /** @throws CoveyException a caller's error when a number is below 1 */
    public ValidationFreq {
        SortedSet<Integer> ascending = new TreeSet<>(epochs);
        require(every);
        ascending.forEach(ValidationFreq::require);
        epochs = List.copyOf(ascending);
    }

    private static void require(int number) {
        if (number < 1) {
            throw CoveyException.caller("validation_freq is or holds " + number
                    + ", it must be at least 1: every n-th epoch, or a list of epochs that are counted from 1");
        }
    }

    /** After every n-th epoch. */
    public static ValidationFreq every(int n) {
        return new ValidationFreq(n, List.of());
    }

    /** After these epochs, counted from 1. */
    public static ValidationFreq at(Collection<Integer> epochs) {
        if (epochs.isEmpty()) {
            throw CoveyException.caller("validation_freq is an empty list: name at least one epoch, counted from 1");
        }
        return new ValidationFreq(1, List.copyOf(epochs));
    }

    /** Whether a validation follows {@code epoch}, counted from 0. */
    public boolean follows(int epoch) {
        return epochs.isEmpty() ? (epoch + 1) % every == 0 : epochs.contains(epoch + 1);
    }

    /** Whether a validation follows any of the epochs [first, end), counted from 0. */
    public boolean followsAnyOf(int first, int end) {
        for (int epoch = first; epoch < end; epoch++) {
            if (follows(epoch)) {
                return true;
            }
        }
        return false;
    }
}
