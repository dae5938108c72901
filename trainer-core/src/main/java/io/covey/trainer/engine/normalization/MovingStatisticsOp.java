package io.covey.trainer.engine.normalization;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.memory.NativeBlocks;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.UpdateRule;

/**
 * Hands a batch's statistics, times its rows, on to the moving averages: summed over all micro-batches and divided by all rows
 * they are the mean statistics. Of several calls each moves the averages in turn: the statistics {@code s_k} of call k of n,
 * with momentum m, count as the one statistic {@code s_n + sum of m^(n-k) (s_k - moving average)}. Runs backward after the normalization, since it overwrites its statistics.
 */
final class MovingStatisticsOp implements Op {
    private final int rows;
    private final NativeFloats mean;
    private final NativeFloats variance;
    private final ParameterUse movingMean;
    private final ParameterUse movingVariance;
    private final NativeBlocks memory = new NativeBlocks();
    private final float[] numbers;
    private final float[] moving;
    private final VectorKernels kernels = new VectorKernels();

    MovingStatisticsOp(
            int rows, NativeFloats mean, NativeFloats variance, ParameterUse movingMean, ParameterUse movingVariance) {
        this.rows = rows;
        this.mean = mean;
        this.variance = variance;
        this.movingMean = movingMean;
        this.movingVariance = movingVariance;
        int length = movingMean.laterUses() == 0 ? 0 : (int) mean.length();
        numbers = new float[length];
        moving = new float[length];
    }

    @Override
    public void forward() {}

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        deliver(mean, movingMean, gradientAddress, accumulate);
        deliver(variance, movingVariance, gradientAddress, accumulate);
    }

    private void deliver(NativeFloats statistic, ParameterUse average, long gradientAddress, boolean accumulate) {
        if (average.laterUses() == 0) {
            kernels.scale(statistic.address(), rows, (int) statistic.length());
        } else {
            double momentum =
                    ((UpdateRule.MovingAverage) average.parameter().spec().rule()).momentum();
            float weight = (float) (rows * Math.pow(momentum, average.laterUses()));
            memory.readAll(statistic.address(), numbers);
            memory.readAll(average.parameter().values().address(), moving);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = weight * (numbers[i] - moving[i]);
            }
            memory.writeAll(statistic.address(), numbers);
        }
        average.deliver(statistic, gradientAddress, accumulate);
    }
}
