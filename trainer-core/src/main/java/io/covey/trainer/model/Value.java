package io.covey.trainer.model;

import java.io.Serializable;
import java.util.List;

/**
 * A tensor of a model's graph.
 *
 * @param id its number, from 0
 * @param shape of one sample
 */
public record Value(int id, List<Integer> shape) implements Serializable {
    /** Numbers per sample. */
    public int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }
}
