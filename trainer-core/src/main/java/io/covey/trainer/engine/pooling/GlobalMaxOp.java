package io.covey.trainer.engine.pooling;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import java.nio.FloatBuffer;

/** The largest number of each channel over all positions; its gradient is shared equally by equal maxima, as in Keras. */
final class GlobalMaxOp implements Op {
    private final int rows;
    private final int positions;
    private final int channels;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer inputGradient;
    private final FloatBuffer outputGradient;
    private final float[] sample;
    private final float[] largest;
    private final float[] shares;
    private final float[] gradient;

    /**
     * Fixes the buffers.
     *
     * @param in plain
     * @param out plain, as many numbers as rows times channels
     */
    GlobalMaxOp(Signal in, Signal out) {
        rows = in.value().rows();
        channels = in.value().width();
        positions = in.value().positions() / rows;
        input = buffer(in.value());
        output = buffer(out.value());
        inputGradient = buffer(in.gradient());
        outputGradient = buffer(out.gradient());
        sample = new float[positions * channels];
        largest = new float[channels];
        shares = new float[channels];
        gradient = new float[channels];
    }

    private static FloatBuffer buffer(Tensor tensor) {
        return tensor == null ? null : tensor.values().buffer();
    }

    @Override
    public void forward() {
        for (int row = 0; row < rows; row++) {
            input.get(row * sample.length, sample);
            System.arraycopy(sample, 0, largest, 0, channels);
            for (int i = channels, channel = 0; i < sample.length; i++) {
                largest[channel] = Math.max(largest[channel], sample[i]);
                channel = channel + 1 == channels ? 0 : channel + 1;
            }
            output.put(row * channels, largest);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inputGradient == null || outputGradient == null) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            input.get(row * sample.length, sample);
            output.get(row * channels, largest);
            outputGradient.get(row * channels, gradient);
            share();
            inputGradient.put(row * sample.length, sample);
        }
    }

    /** Turns {@code sample} into its gradient. */
    private void share() {
        for (int channel = 0; channel < channels; channel++) {
            int count = 0;
            for (int i = channel; i < sample.length; i += channels) {
                count += sample[i] == largest[channel] ? 1 : 0;
            }
            shares[channel] = gradient[channel] / count;
            for (int i = channel; i < sample.length; i += channels) {
                sample[i] = sample[i] == largest[channel] ? shares[channel] : 0f;
            }
        }
    }
}
