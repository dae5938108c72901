package io.covey.trainer.activations;

import java.util.function.DoubleUnaryOperator;

/**
 * A function of one number with the derivative that TensorFlow's gradients give it, at kinks, infinities and NaN as well.
 *
 * <p>Both are computed in double precision and rounded to float once. Stateless; usable by all threads.
 */
public final class ElementwiseFunction {
    private final DoubleUnaryOperator value;
    private final DoubleUnaryOperator derivative;

    private ElementwiseFunction(DoubleUnaryOperator value, DoubleUnaryOperator derivative) {
        this.value = value;
        this.derivative = derivative;
    }

    static ElementwiseFunction of(DoubleUnaryOperator value, DoubleUnaryOperator derivative) {
        return new ElementwiseFunction(value, derivative);
    }

    public float value(float x) {
        return (float) value.applyAsDouble(x);
    }

    /** The derivative at {@code x}. */
    public float derivative(float x) {
        return (float) derivative.applyAsDouble(x);
    }
}
