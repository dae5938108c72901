package io.covey.trainer.initializers;

import java.util.List;

/**
 * Inputs and outputs of one unit of a variable, as Keras counts them.
 *
 * @param in in channels times the size of the receptive field
 * @param out out channels times the size of the receptive field
 */
record Fans(double in, double out) {
    static Fans of(List<Integer> shape) {
        int rank = shape.size();
        if (rank < 2) {
            double size = rank == 0 ? 1 : shape.get(0);
            return new Fans(size, size);
        }
        double field = 1;
        for (int size : shape.subList(0, rank - 2)) {
            field *= size;
        }
        return new Fans(field * shape.get(rank - 2), field * shape.get(rank - 1));
    }

    double average() {
        return (in + out) / 2;
    }
}
