package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Masks the vectors that consist of one value only, and sets them to zero. */
final class MaskingOp implements Op {
    private final float maskValue;
    private final int width;
    private final FloatBuffer in;
    private final FloatBuffer out;
    private final FloatBuffer inGradient;
    private final FloatBuffer outGradient;
    private final FloatBuffer mask;
    private final float[] numbers;
    private final float[] maskValues;

    /** @param mask receives 1 for each vector of the last axis that counts, else 0 */
    MaskingOp(float maskValue, Signal input, Signal output, Tensor mask) {
        this.maskValue = maskValue;
        width = input.value().width();
        in = input.value().values().buffer();
        out = output.value().values().buffer();
        boolean trains = input.gradient() != null;
        inGradient = trains ? input.gradient().values().buffer() : null;
        outGradient = trains ? output.gradient().values().buffer() : null;
        this.mask = mask.values().buffer();
        numbers = new float[input.value().size()];
        maskValues = new float[mask.size()];
    }

    @Override
    public void forward() {
        in.get(0, numbers);
        for (int position = 0; position < maskValues.length; position++) {
            boolean counts = false;
            for (int i = position * width; i < (position + 1) * width; i++) {
                counts |= numbers[i] != maskValue;
            }
            maskValues[position] = counts ? 1f : 0f;
        }
        mask.put(0, maskValues);
        zeroMasked();
        out.put(0, numbers);
    }

    private void zeroMasked() {
        for (int position = 0; position < maskValues.length; position++) {
            if (maskValues[position] == 0f) {
                Arrays.fill(numbers, position * width, (position + 1) * width, 0f);
            }
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inGradient != null) {
            outGradient.get(0, numbers);
            zeroMasked();
            inGradient.put(0, numbers);
        }
    }
}
