package io.covey.trainer.engine.rnn;

import io.covey.trainer.layers.rnn.GRU;
import io.covey.trainer.layers.rnn.LSTM;
import io.covey.trainer.layers.rnn.RecurrentLayer;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Recurrent layers in float64, written down from Keras' formulas, one row and one unit at a time. */
final class DoubleRnn {
    private final RecurrentLayer layer;
    private final int rows;
    private final int steps;
    private final int features;
    private final int units;
    private final int width;
    private final double[] kernel;
    private final double[] recurrent;
    private final double[] bias;

    DoubleRnn(RecurrentLayer layer, int rows, int steps, int features, List<double[]> weights) {
        this.layer = layer;
        this.rows = rows;
        this.steps = steps;
        this.features = features;
        units = layer.units();
        width = layer.gates() * units;
        kernel = weights.get(0);
        recurrent = weights.get(1);
        bias = layer.hasBias() ? weights.get(2) : new double[2 * width];
    }

    /** The output; a row's step whose features are all zero is masked if {@code masks}. */
    double[] outputs(double[] input, boolean masks) {
        int positions = layer.returnsSequences() ? steps : 1;
        double[] outputs = new double[rows * positions * units];
        for (int row = 0; row < rows; row++) {
            double[] h = new double[units];
            double[] c = new double[units];
            double[] shown = new double[units];
            for (int step = 0; step < steps; step++) {
                int time = layer.goesBackwards() ? steps - 1 - step : step;
                double[] x = new double[features];
                System.arraycopy(input, (row * steps + time) * features, x, 0, features);
                if (masks && isZero(x)) {
                    shown = layer.zeroesOutputForMask() ? new double[units] : shown;
                } else {
                    double[] after = step(x, h, c);
                    h = after;
                    shown = after;
                }
                if (layer.returnsSequences() || step == steps - 1) {
                    int position = layer.returnsSequences() ? step : 0;
                    System.arraycopy(shown, 0, outputs, (row * positions + position) * units, units);
                }
            }
        }
        return outputs;
    }

    private static boolean isZero(double[] x) {
        for (double value : x) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private double[] step(double[] x, double[] h, double[] c) {
        double[] after = new double[units];
        DoubleUnaryOperator act = function(layer.activation().kerasName());
        for (int u = 0; u < units; u++) {
            if (layer instanceof LSTM lstm) {
                DoubleUnaryOperator gate = function(lstm.recurrentActivation().kerasName());
                double i = gate.applyAsDouble(sum(x, h, u));
                double f = gate.applyAsDouble(sum(x, h, units + u));
                double o = gate.applyAsDouble(sum(x, h, 3 * units + u));
                c[u] = f * c[u] + i * act.applyAsDouble(sum(x, h, 2 * units + u));
                after[u] = o * act.applyAsDouble(c[u]);
            } else if (layer instanceof GRU gru) {
                after[u] = gru(gru, act, x, h, u);
            } else {
                after[u] = act.applyAsDouble(sum(x, h, u));
            }
        }
        return after;
    }

    private double gru(GRU gru, DoubleUnaryOperator act, double[] x, double[] h, int u) {
        DoubleUnaryOperator gate = function(gru.recurrentActivation().kerasName());
        double second = gru.resetsAfter() ? bias[width + u] : 0;
        double z = gate.applyAsDouble(sum(x, h, u) + second);
        double candidate = fromInput(x, 2 * units + u);
        if (gru.resetsAfter()) {
            double r = gate.applyAsDouble(sum(x, h, units + u) + bias[width + units + u]);
            candidate += r * (fromState(h, 2 * units + u) + bias[width + 2 * units + u]);
        } else {
            double[] reset = new double[units];
            for (int k = 0; k < units; k++) {
                reset[k] = gate.applyAsDouble(sum(x, h, units + k)) * h[k];
            }
            candidate += fromState(reset, 2 * units + u);
        }
        return z * h[u] + (1 - z) * act.applyAsDouble(candidate);
    }

    private double sum(double[] x, double[] h, int column) {
        return fromInput(x, column) + fromState(h, column);
    }

    private double fromInput(double[] x, int column) {
        double sum = bias[column];
        for (int i = 0; i < features; i++) {
            sum += x[i] * kernel[i * width + column];
        }
        return sum;
    }

    private double fromState(double[] h, int column) {
        double sum = 0;
        for (int i = 0; i < units; i++) {
            sum += h[i] * recurrent[i * width + column];
        }
        return sum;
    }

    private static DoubleUnaryOperator function(String name) {
        return switch (name) {
            case "tanh" -> Math::tanh;
            case "sigmoid" -> x -> 1 / (1 + Math.exp(-x));
            case "softsign" -> x -> x / (1 + Math.abs(x));
            case "silu" -> x -> x / (1 + Math.exp(-x));
            case "linear" -> x -> x;
            default -> throw new IllegalArgumentException("no formula for " + name);
        };
    }
}
