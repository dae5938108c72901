package io.covey.trainer.engine.merging;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Replaces the numbers that a mask leaves out by a constant; they get no gradient. */
final class FillMaskedOp implements Op {
    private final float fill;
    private final FloatBuffer mask;
    private final FloatBuffer among;
    private final FloatBuffer in;
    private final FloatBuffer out;
    private final FloatBuffer inGradient;
    private final FloatBuffer outGradient;
    private final float[] counts;
    private final float[] numbers;
    private final int width;

    /**
     * An operation on tensors in C order.
     *
     * @param mask 1 for each position of the first axes that counts, else 0
     * @param among 0 for each position that stays as it is even if it does not count, else 1; null if there is none
     */
    FillMaskedOp(float fill, Tensor mask, Tensor among, Signal input, Signal output) {
        this.fill = fill;
        this.mask = mask.values().buffer();
        this.among = among == null ? null : among.values().buffer();
        in = input.value().values().buffer();
        out = output.value().values().buffer();
        boolean trains = input.gradient() != null;
        inGradient = trains ? input.gradient().values().buffer() : null;
        outGradient = trains ? output.gradient().values().buffer() : null;
        counts = new float[mask.size()];
        numbers = new float[input.value().size()];
        width = numbers.length / counts.length;
    }

    @Override
    public void forward() {
        replace(in, fill, out);
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (inGradient != null) {
            replace(outGradient, 0f, inGradient);
        }
    }

    private void replace(FloatBuffer source, float constant, FloatBuffer target) {
        source.get(0, numbers);
        mask.get(0, counts);
        for (int position = 0; position < counts.length; position++) {
            if (counts[position] == 0f && (among == null || among.get(position) != 0f)) {
                Arrays.fill(numbers, position * width, (position + 1) * width, constant);
            }
        }
        target.put(0, numbers);
    }
}
