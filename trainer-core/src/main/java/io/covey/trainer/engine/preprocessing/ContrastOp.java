package io.covey.trainer.engine.preprocessing;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.RunKey;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.layers.preprocessing.RandomContrast;
import io.covey.trainer.random.CounterRandom;
import java.nio.FloatBuffer;

/** Contrast of images in C order: distances from each channel's mean times a factor, then clipped. */
final class ContrastOp implements Op {
    private final RandomContrast layer;
    private final RunKey runKey;
    private final long randomStream;
    private final int rows;
    private final int channels;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] x;
    private final float[] g;

    ContrastOp(RandomContrast layer, RunKey runKey, long randomStream, Signal in, Signal out) {
        this.layer = layer;
        this.runKey = runKey;
        this.randomStream = randomStream;
        rows = in.value().rows();
        channels = in.value().width();
        input = in.value().values().buffer();
        output = out.value().values().buffer();
        boolean training = in.gradient() != null && out.gradient() != null;
        inputGradient = training ? in.gradient().values().buffer() : null;
        outputGradient = training ? out.gradient().values().buffer() : null;
        x = new float[in.value().size() / rows];
        g = new float[x.length];
    }

    private float factor(int row) {
        long seed = layer.seed() == null ? 0 : layer.seed() + 1;
        return (float) layer.factor(CounterRandom.key(runKey.of(randomStream), seed, 0, 0), row);
    }

    private float mean(float[] values, int channel) {
        double sum = 0;
        for (int i = channel; i < values.length; i += channels) {
            sum += values[i];
        }
        return (float) (sum * channels / values.length);
    }

    private float adjusted(float value, float mean, float factor) {
        return (value - mean) * factor + mean;
    }

    @Override
    public void forward() {
        for (int row = 0; row < rows; row++) {
            input.get(row * x.length, x);
            float factor = factor(row);
            for (int c = 0; c < channels; c++) {
                float mean = mean(x, c);
                for (int i = c; i < x.length; i += channels) {
                    x[i] = Math.min(Math.max(adjusted(x[i], mean, factor), layer.least()), layer.most());
                }
            }
            output.put(row * x.length, x);
        }
    }

    /** What is clipped has no gradient; the mean's share reaches all numbers of the channel. */
    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            input.get(row * x.length, x);
            outputGradient.get(row * g.length, g);
            float factor = factor(row);
            for (int c = 0; c < channels; c++) {
                float mean = mean(x, c);
                for (int i = c; i < x.length; i += channels) {
                    float value = adjusted(x[i], mean, factor);
                    g[i] = value >= layer.least() && value <= layer.most() ? g[i] : 0f;
                }
                float share = (1 - factor) * mean(g, c);
                for (int i = c; i < x.length; i += channels) {
                    g[i] = factor * g[i] + share;
                }
            }
            inputGradient.put(row * g.length, g);
        }
    }
}
