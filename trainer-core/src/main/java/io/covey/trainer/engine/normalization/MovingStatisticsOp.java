package io.covey.trainer.engine.normalization;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;

/**
 * Hands a batch's statistics, times its rows, on to the moving averages: summed over all micro-batches and divided by all rows
 * they are the mean statistics. Runs backward after the normalization, since it overwrites its statistics.
 */
final class MovingStatisticsOp implements Op {
    private final int rows;
    private final NativeFloats mean;
    private final NativeFloats variance;
    private final ParameterUse movingMean;
    private final ParameterUse movingVariance;
    private final VectorKernels kernels = new VectorKernels();

    MovingStatisticsOp(
            int rows, NativeFloats mean, NativeFloats variance, ParameterUse movingMean, ParameterUse movingVariance) {
        this.rows = rows;
        this.mean = mean;
        this.variance = variance;
        this.movingMean = movingMean;
        this.movingVariance = movingVariance;
    }

    @Override
    public void forward() {}

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        kernels.scale(mean.address(), rows, (int) mean.length());
        movingMean.deliver(mean, gradientAddress, accumulate);
        kernels.scale(variance.address(), rows, (int) variance.length());
        movingVariance.deliver(variance, gradientAddress, accumulate);
    }
}
