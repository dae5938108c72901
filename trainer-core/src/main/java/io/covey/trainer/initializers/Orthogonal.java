package io.covey.trainer.initializers;

import io.covey.trainer.CoveyException;
import io.covey.trainer.random.CounterRandom;
import java.util.List;
import java.util.Map;

/**
 * A matrix with orthogonal columns, or rows if it has more columns than rows, all of length {@code gain} (Saxe, McClelland,
 * Ganguli: Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, ICLR 2014). The variable's
 * axes but the last count as rows.
 *
 * <p>Normal numbers are made orthogonal column by column (Gram and Schmidt, twice, which is as exact as Householder's
 * reflections: Giraud et al. 2005); as the diagonal of R is then positive the result has Haar's distribution. Every range of
 * the variable needs the whole matrix: cost grows with rows * columns^2 of the smaller side.
 *
 * @param gain length of the columns
 */
public record Orthogonal(double gain) implements Initializer {
    public Orthogonal() {
        this(1);
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("gain", gain);
    }

    @Override
    public void requireShape(String variable, List<Integer> shape) {
        if (shape.size() < 2) {
            throw CoveyException.caller(
                    "Orthogonal: the shape of " + variable + " is " + shape + ", it must have at least two axes");
        }
    }

    @Override
    public void fill(List<Integer> shape, CounterRandom random, long from, float[] target, int offset, int count) {
        requireShape("the variable", shape);
        int columns = shape.get(shape.size() - 1);
        int rows = shape.subList(0, shape.size() - 1).stream().reduce(1, Math::multiplyExact);
        boolean tall = rows >= columns;
        double[][] vectors = orthonormal(random, Math.min(rows, columns), Math.max(rows, columns));
        for (int i = 0; i < count; i++) {
            int row = (int) ((from + i) / columns);
            int column = (int) ((from + i) % columns);
            target[offset + i] = (float) (gain * (tall ? vectors[column][row] : vectors[row][column]));
        }
    }

    private static double[][] orthonormal(CounterRandom random, int count, int length) {
        double[][] vectors = new double[count][length];
        for (int v = 0; v < count; v++) {
            for (int i = 0; i < length; i++) {
                vectors[v][i] = NormalNumbers.normal(random, (long) v * length + i);
            }
            for (int pass = 0; pass < 2; pass++) {
                for (int earlier = 0; earlier < v; earlier++) {
                    add(vectors[v], -dot(vectors[v], vectors[earlier]), vectors[earlier]);
                }
            }
            double scale = 1 / Math.sqrt(dot(vectors[v], vectors[v]));
            for (int i = 0; i < length; i++) {
                vectors[v][i] *= scale;
            }
        }
        return vectors;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] target, double factor, double[] source) {
        for (int i = 0; i < target.length; i++) {
            target[i] += factor * source[i];
        }
    }
}
