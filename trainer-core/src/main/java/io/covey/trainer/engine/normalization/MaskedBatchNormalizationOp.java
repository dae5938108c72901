package io.covey.trainer.engine.normalization;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.memory.NativeBlocks;
import io.covey.trainer.memory.NativeFloats;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Batch normalization by the statistics of those positions that a mask leaves; all positions are normalised. As in Keras the
 * sums are divided by the number of positions and 1e-7.
 */
final class MaskedBatchNormalizationOp implements Op {
    private static final double KERAS_EPSILON = 1e-7;

    private final double epsilon;
    private final NativeFloats mean;
    private final NativeFloats variance;
    private final ParameterUse gamma;
    private final ParameterUse beta;
    private final NativeFloats sum;
    private final FloatBuffer mask;
    private final FloatBuffer in;
    private final FloatBuffer out;
    private final FloatBuffer inGradient;
    private final FloatBuffer outGradient;
    private final int width;
    private final float[] counts;
    private final float[] x;
    private final float[] dy;
    private final float[] gammas;
    private final float[] betas;
    private final double[] means;
    private final double[] inverses;
    private final double[] gradientSums;
    private final double[] productSums;
    private final double[] offsetSums;
    private final float[] column;
    private final NativeBlocks memory = new NativeBlocks();
    private double weight;

    /**
     * An operation on tensors in C order.
     *
     * @param mask 1 for each position that counts, else 0
     * @param mean written by forward
     * @param variance written by forward
     * @param gamma null for none
     * @param beta null for none
     */
    MaskedBatchNormalizationOp(
            Lowering call,
            double epsilon,
            Tensor mask,
            NativeFloats mean,
            NativeFloats variance,
            ParameterUse gamma,
            ParameterUse beta,
            Signal input,
            Signal output) {
        this.epsilon = epsilon;
        this.mean = mean;
        this.variance = variance;
        this.gamma = gamma;
        this.beta = beta;
        this.mask = mask.values().buffer();
        width = input.value().width();
        sum = call.scope().floats(width);
        in = input.value().values().buffer();
        out = output.value().values().buffer();
        inGradient = input.gradient() == null ? null : input.gradient().values().buffer();
        outGradient =
                output.gradient() == null ? null : output.gradient().values().buffer();
        counts = new float[mask.size()];
        x = new float[input.value().size()];
        dy = new float[outGradient == null ? 0 : x.length];
        gammas = new float[width];
        betas = new float[width];
        means = new double[width];
        inverses = new double[width];
        gradientSums = new double[width];
        productSums = new double[width];
        offsetSums = new double[width];
        column = new float[width];
    }

    @Override
    public void forward() {
        in.get(0, x);
        mask.get(0, counts);
        statistics();
        Arrays.fill(gammas, 1f);
        if (gamma != null) {
            memory.readAll(gamma.parameter().values().address(), gammas);
        }
        if (beta != null) {
            memory.readAll(beta.parameter().values().address(), betas);
        }
        for (int i = 0; i < x.length; i++) {
            int c = i % width;
            x[i] = (float) ((x[i] - means[c]) * inverses[c] * gammas[c] + betas[c]);
        }
        out.put(0, x);
    }

    private void statistics() {
        double positions = 0;
        Arrays.fill(means, 0);
        for (int p = 0; p < counts.length; p++) {
            positions += counts[p];
            for (int c = 0; c < width; c++) {
                means[c] += counts[p] == 0f ? 0 : x[p * width + c];
            }
        }
        weight = 1 / (positions + KERAS_EPSILON);
        Arrays.fill(inverses, 0);
        for (int c = 0; c < width; c++) {
            means[c] *= weight;
            column[c] = (float) means[c];
        }
        memory.writeAll(mean.address(), column);
        for (int p = 0; p < counts.length; p++) {
            for (int c = 0; c < width; c++) {
                double difference = x[p * width + c] - means[c];
                inverses[c] += counts[p] == 0f ? 0 : difference * difference;
            }
        }
        for (int c = 0; c < width; c++) {
            column[c] = (float) (inverses[c] * weight);
            inverses[c] = 1 / Math.sqrt(inverses[c] * weight + epsilon);
        }
        memory.writeAll(variance.address(), column);
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (outGradient == null) {
            return;
        }
        in.get(0, x);
        outGradient.get(0, dy);
        sums();
        deliver(gamma, productSums, gradientAddress, accumulate);
        deliver(beta, gradientSums, gradientAddress, accumulate);
        if (inGradient == null) {
            return;
        }
        for (int i = 0; i < x.length; i++) {
            int c = i % width;
            double scale = gammas[c] * inverses[c];
            double normal = (x[i] - means[c]) * inverses[c];
            double ofStatistics = counts[i / width] == 0f
                    ? 0
                    : weight * (gradientSums[c] + normal * productSums[c] - weight * offsetSums[c] * productSums[c]);
            dy[i] = (float) (scale * (dy[i] - ofStatistics));
        }
        inGradient.put(0, dy);
    }

    /** Per channel the sums of the gradient, of its product with the normalised input, and of that input where it counts. */
    private void sums() {
        Arrays.fill(gradientSums, 0);
        Arrays.fill(productSums, 0);
        Arrays.fill(offsetSums, 0);
        for (int i = 0; i < x.length; i++) {
            int c = i % width;
            double normal = (x[i] - means[c]) * inverses[c];
            gradientSums[c] += dy[i];
            productSums[c] += dy[i] * normal;
            offsetSums[c] += counts[i / width] == 0f ? 0 : normal;
        }
    }

    private void deliver(ParameterUse use, double[] values, long gradientAddress, boolean accumulate) {
        if (use == null || !use.isTrainable()) {
            return;
        }
        for (int c = 0; c < width; c++) {
            column[c] = (float) values[c];
        }
        memory.writeAll(sum.address(), column);
        use.deliver(sum, gradientAddress, accumulate);
    }
}
