package io.covey.trainer.engine.merging;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;
import java.util.List;

/** Joins tensors in C order along an axis. */
final class ConcatenateOp implements Op {
    private final int blocks;
    private final int blockLength;
    private final int[] lengths;
    private final FloatBuffer[] inputs;
    private final FloatBuffer[] gradients;
    private final FloatBuffer output;
    private final FloatBuffer outputGradient;

    /** @param axis of a sample */
    ConcatenateOp(int axis, List<Signal> inputs, Signal out) {
        int[] shape = out.value().shape();
        int before = 1;
        for (int i = 0; i <= axis; i++) {
            before *= shape[i];
        }
        blocks = before;
        blockLength = out.value().size() / blocks;
        lengths =
                inputs.stream().mapToInt(input -> input.value().size() / blocks).toArray();
        this.inputs =
                inputs.stream().map(input -> input.value().values().buffer()).toArray(FloatBuffer[]::new);
        gradients = inputs.stream()
                .map(input -> input.gradient() == null
                        ? null
                        : input.gradient().values().buffer())
                .toArray(FloatBuffer[]::new);
        output = out.value().values().buffer();
        outputGradient = out.gradient() == null ? null : out.gradient().values().buffer();
    }

    @Override
    public void forward() {
        int at = 0;
        for (int i = 0; i < inputs.length; i++) {
            for (int block = 0; block < blocks; block++) {
                output.put(block * blockLength + at, inputs[i], block * lengths[i], lengths[i]);
            }
            at += lengths[i];
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        int at = 0;
        for (int i = 0; i < inputs.length; i++) {
            for (int block = 0; gradients[i] != null && block < blocks; block++) {
                gradients[i].put(block * lengths[i], outputGradient, block * blockLength + at, lengths[i]);
            }
            at += lengths[i];
        }
    }
}
