package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The network of the recorded event files, Dense(3, relu) - Dense(2) with the mean squared error, trained in double precision
 * by plain gradient descent: gives the logs of each batch, which the manifests do not hold.
 */
final class RecordedNet {
    private final float[] x;
    private final float[] y;
    private final int inputs;
    private final int outputs;
    private final int hidden;
    private final int batchSize;
    private final double learningRate;
    private final double[][] weights = new double[4][];
    private double squares;
    private double magnitudes;
    private int samples;

    RecordedNet(GoldenCase golden, int batchSize, double learningRate) {
        this.batchSize = batchSize;
        this.learningRate = learningRate;
        x = golden.array(golden.get("x")).floats();
        y = golden.array(golden.get("y")).floats();
        inputs = golden.get("x").get("shape").get(1).asInt();
        outputs = golden.get("y").get("shape").get(1).asInt();
        JsonNode initial = golden.get("initial");
        for (int i = 0; i < weights.length; i++) {
            float[] values = golden.array(initial.get(i)).floats();
            weights[i] = new double[values.length];
            for (int k = 0; k < values.length; k++) {
                weights[i][k] = values[k];
            }
        }
        hidden = weights[1].length;
    }

    void beginEpoch() {
        squares = 0;
        magnitudes = 0;
        samples = 0;
    }

    /** Trains on a batch of the unshuffled data; returns the running means of the epoch. */
    SortedMap<String, Double> train(int batch) {
        int first = batch * batchSize;
        int last = Math.min(x.length / inputs, first + batchSize);
        double[][] gradients = new double[weights.length][];
        for (int i = 0; i < weights.length; i++) {
            gradients[i] = new double[weights[i].length];
        }
        for (int row = first; row < last; row++) {
            accumulate(row, 2.0 / (outputs * (last - first)), gradients);
        }
        samples += last - first;
        for (int i = 0; i < weights.length; i++) {
            for (int k = 0; k < weights[i].length; k++) {
                weights[i][k] -= learningRate * gradients[i][k];
            }
        }
        SortedMap<String, Double> logs = new TreeMap<>();
        logs.put("loss", squares / (samples * outputs));
        logs.put("mse", squares / (samples * outputs));
        logs.put("mae", magnitudes / (samples * outputs));
        return logs;
    }

    private void accumulate(int row, double factor, double[][] gradients) {
        double[] h = new double[hidden];
        double[] hiddenError = new double[hidden];
        for (int j = 0; j < hidden; j++) {
            double sum = weights[1][j];
            for (int i = 0; i < inputs; i++) {
                sum += x[row * inputs + i] * weights[0][i * hidden + j];
            }
            h[j] = Math.max(0, sum);
        }
        for (int k = 0; k < outputs; k++) {
            double error = weights[3][k] - y[row * outputs + k];
            for (int j = 0; j < hidden; j++) {
                error += h[j] * weights[2][j * outputs + k];
            }
            squares += error * error;
            magnitudes += Math.abs(error);
            gradients[3][k] += factor * error;
            for (int j = 0; j < hidden; j++) {
                gradients[2][j * outputs + k] += factor * error * h[j];
                hiddenError[j] += h[j] > 0 ? factor * error * weights[2][j * outputs + k] : 0;
            }
        }
        for (int j = 0; j < hidden; j++) {
            gradients[1][j] += hiddenError[j];
            for (int i = 0; i < inputs; i++) {
                gradients[0][i * hidden + j] += hiddenError[j] * x[row * inputs + i];
            }
        }
    }
}
