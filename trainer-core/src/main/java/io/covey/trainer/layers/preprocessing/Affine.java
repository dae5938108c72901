package io.covey.trainer.layers.preprocessing;

/**
 * {@code x * factor + addend}, or {@code (x - subtrahend) / divisor}, number by number of a sample.
 *
 * @param divides whether it is the second
 * @param a factor or divisor of each number
 * @param b addend or subtrahend of each number
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Affine(boolean divides, float[] a, float[] b) {}
