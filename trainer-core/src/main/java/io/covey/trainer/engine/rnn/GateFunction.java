package io.covey.trainer.engine.rnn;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.elementwise.Activations;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** An activation of gates, of {@code rows * units} numbers on the heap at a time, by the operations that a layer would use. */
final class GateFunction {
    private static final long NO_PARAMETERS = 0;

    private final Activation activation;
    private final int length;
    private final Op[] ops;
    private final FloatBuffer in;
    private final FloatBuffer out;
    private final FloatBuffer inGradient;
    private final FloatBuffer outGradient;

    GateFunction(Lowering call, Activation activation, int rows, int units) {
        this.activation = activation;
        this.length = rows * units;
        List<Op> added = new ArrayList<>();
        Signal input = call.signal(rows, units);
        Signal output = Activations.apply(call.apart(added), activation, input);
        ops = added.toArray(Op[]::new);
        in = input.value().values().buffer();
        out = output.value().values().buffer();
        inGradient = input.gradient() == null ? null : input.gradient().values().buffer();
        outGradient =
                output.gradient() == null ? null : output.gradient().values().buffer();
    }

    /** Whether the derivative needs what the function was given, beside what it gave. */
    boolean needsInput() {
        return switch (activation) {
            case LINEAR, RELU, SIGMOID, TANH -> false;
            default -> true;
        };
    }

    /** Replaces the numbers from {@code from} on by the function's values. */
    void forward(float[] values, int from) {
        if (activation != Activation.LINEAR) {
            in.put(0, values, from, length);
            run();
            out.get(0, values, from, length);
        }
    }

    private void run() {
        for (Op op : ops) {
            op.forward();
        }
    }

    /**
     * Turns the gradient of the values into that of the inputs.
     *
     * @param x what the function was given; only read where {@link #needsInput} says so
     * @param y what it gave
     * @param gradient overwritten from {@code from} on; the other arrays are read from there, too
     */
    void backward(float[] x, float[] y, float[] gradient, int from) {
        int to = from + length;
        switch (activation) {
            case LINEAR -> {}
            case SIGMOID -> {
                for (int i = from; i < to; i++) {
                    gradient[i] *= y[i] * (1f - y[i]);
                }
            }
            case TANH -> {
                for (int i = from; i < to; i++) {
                    gradient[i] *= 1f - y[i] * y[i];
                }
            }
            case RELU -> {
                for (int i = from; i < to; i++) {
                    gradient[i] = y[i] > 0 ? gradient[i] : 0f;
                }
            }
            default -> {
                in.put(0, x, from, length);
                run();
                outGradient.put(0, gradient, from, length);
                for (int i = ops.length - 1; i >= 0; i--) {
                    ops[i].backward(NO_PARAMETERS, false);
                }
                inGradient.get(0, gradient, from, length);
            }
        }
    }
}
