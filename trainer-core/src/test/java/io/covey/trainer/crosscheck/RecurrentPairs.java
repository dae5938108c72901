package io.covey.trainer.crosscheck;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.covey.trainer.crosscheck.Pair.layer;

/** Recurrent layers beside the same cells as Deeplearning4j's matrix products and activations, step by step. */
final class RecurrentPairs {
    private RecurrentPairs() {}

    /** Sizes of a random layer. */
    private record Sizes(int steps, int features, int units) {
        static Sizes draw(SplittableRandom random) {
            return new Sizes(1 + random.nextInt(4), 1 + random.nextInt(6), 1 + random.nextInt(6));
        }

        Map<String, Object> arguments() {
            return Map.of("units", units);
        }

        Integer[] shape() {
            return new Integer[] {steps, features};
        }

        /** The inputs (rows, features) of every step. */
        SDVariable[] steps(SameDiff graph, List<SDVariable> inputs) {
            return blocks(graph, inputs.get(0).reshape(-1, (long) steps * features), steps, features);
        }

        /** The gates (rows, units) of a matrix (rows, gates * units). */
        SDVariable[] gates(SameDiff graph, SDVariable matrix, int count) {
            return blocks(graph, matrix, count, units);
        }
    }

    /** Blocks of a matrix' columns, by exact products: SameDiff has no gradient of a split, and a wrong one of slices. */
    private static SDVariable[] blocks(SameDiff graph, SDVariable matrix, int count, int width) {
        SDVariable[] blocks = new SDVariable[count];
        for (int block = 0; block < count; block++) {
            INDArray selection = Nd4j.zeros(DataType.FLOAT, (long) count * width, width);
            for (int column = 0; column < width; column++) {
                selection.putScalar((long) block * width + column, column, 1);
            }
            blocks[block] = matrix.mmul(graph.constant(selection));
        }
        return blocks;
    }

    /** Zeros of the rows and units of the layer. */
    private static SDVariable zeros(SDVariable gate) {
        return gate.mul(0);
    }

    static Pair simpleRnn(SplittableRandom random) {
        Sizes sizes = Sizes.draw(random);
        return new Pair(
                layer("SimpleRNN", sizes.arguments()),
                (graph, inputs, weights) -> {
                    SDVariable h = null;
                    for (SDVariable x : sizes.steps(graph, inputs)) {
                        SDVariable sum = x.mmul(weights.get(0)).add(weights.get(2));
                        h = graph.math().tanh(h == null ? sum : sum.add(h.mmul(weights.get(1))));
                    }
                    return h;
                },
                sizes.shape());
    }

    static Pair lstm(SplittableRandom random) {
        Sizes sizes = Sizes.draw(random);
        return new Pair(
                layer("LSTM", sizes.arguments()),
                (graph, inputs, weights) -> lstm(graph, inputs, weights, sizes),
                sizes.shape());
    }

    private static SDVariable lstm(SameDiff graph, List<SDVariable> inputs, List<SDVariable> weights, Sizes sizes) {
        SDVariable h = null;
        SDVariable c = null;
        for (SDVariable x : sizes.steps(graph, inputs)) {
            SDVariable sum = x.mmul(weights.get(0)).add(weights.get(2));
            SDVariable[] gates = sizes.gates(graph, h == null ? sum : sum.add(h.mmul(weights.get(1))), 4);
            SDVariable in = graph.nn().sigmoid(gates[0]);
            SDVariable forget = graph.nn().sigmoid(gates[1]);
            SDVariable candidate = graph.math().tanh(gates[2]);
            SDVariable out = graph.nn().sigmoid(gates[3]);
            SDVariable kept = c == null ? zeros(forget) : forget.mul(c);
            c = kept.add(in.mul(candidate));
            h = out.mul(graph.math().tanh(c));
        }
        return h;
    }

    static Pair gru(SplittableRandom random) {
        Sizes sizes = Sizes.draw(random);
        return new Pair(
                layer("GRU", sizes.arguments()),
                (graph, inputs, weights) -> gru(graph, inputs, weights, sizes),
                sizes.shape());
    }

    private static SDVariable gru(SameDiff graph, List<SDVariable> inputs, List<SDVariable> weights, Sizes sizes) {
        SDVariable[] biases = blocks(graph, weights.get(2).reshape(1, 6L * sizes.units), 2, 3 * sizes.units);
        SDVariable h = null;
        for (SDVariable input : sizes.steps(graph, inputs)) {
            SDVariable sum = input.mmul(weights.get(0)).add(biases[0]);
            SDVariable[] x = sizes.gates(graph, sum, 3);
            SDVariable[] q = sizes.gates(graph, (h == null ? zeros(sum) : h.mmul(weights.get(1))).add(biases[1]), 3);
            SDVariable update = graph.nn().sigmoid(x[0].add(q[0]));
            SDVariable reset = graph.nn().sigmoid(x[1].add(q[1]));
            SDVariable candidate = graph.math().tanh(x[2].add(reset.mul(q[2])));
            SDVariable fresh = candidate.sub(update.mul(candidate));
            h = h == null ? fresh : update.mul(h).add(fresh);
        }
        return h;
    }
}
