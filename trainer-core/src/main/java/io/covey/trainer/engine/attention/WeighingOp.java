package io.covey.trainer.engine.attention;

import io.covey.trainer.engine.HeapGradient;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;

/** Turns scores (samples, heads, steps, places) into weights: scaled, masked, and a softmax over the places. */
final class WeighingOp implements Op {
    private static final float LOWERED_BY = 1e9f;

    private final float constant;
    private final ParameterUse scale;
    private final HeapGradient scaleGradient;
    private final float[] scaleSum = new float[1];
    private final PlaceMask mask;
    private final int heads;
    private final int steps;
    private final int places;
    private final int rows;
    private final FloatBuffer in;
    private final FloatBuffer out;
    private final FloatBuffer inGradient;
    private final FloatBuffer outGradient;
    private final float[] scores;
    private final float[] weights;
    private final boolean[] masked;

    /**
     * An operation.
     *
     * @param constant factor of the scores
     * @param scale a variable of one number that is one more factor, or null
     */
    WeighingOp(Lowering call, float constant, ParameterUse scale, PlaceMask mask, Signal in, Signal out) {
        this.constant = constant;
        this.scale = scale;
        this.mask = mask;
        scaleGradient = scale == null ? null : new HeapGradient(call.scope(), scale);
        int[] shape = in.value().shape();
        heads = shape[1];
        steps = shape[2];
        places = shape[3];
        rows = shape[0] * heads * steps;
        this.in = in.value().values().buffer();
        this.out = out.value().values().buffer();
        inGradient = in.gradient() == null ? null : in.gradient().values().buffer();
        outGradient = out.gradient() == null ? null : out.gradient().values().buffer();
        scores = new float[places];
        weights = new float[places];
        masked = new boolean[places];
    }

    private float factor() {
        return scale == null ? constant : constant * scale.parameter().values().get(0);
    }

    @Override
    public void forward() {
        float factor = factor();
        for (int row = 0; row < rows; row++) {
            in.get(row * places, scores);
            float most = Float.NEGATIVE_INFINITY;
            readMask(row);
            for (int i = 0; i < places; i++) {
                scores[i] = masked[i] ? ofMasked(scores[i] * factor) : scores[i] * factor;
                most = Math.max(most, scores[i]);
            }
            double sum = 0;
            for (int i = 0; i < places; i++) {
                double power = Math.exp(scores[i] - most);
                sum += power;
                weights[i] = (float) power;
            }
            for (int i = 0; i < places; i++) {
                boolean dropped = masked[i] && mask.kind() == PlaceMask.Kind.DROPPED;
                weights[i] = dropped ? 0f : (float) (weights[i] / sum);
            }
            out.put(row * places, weights);
        }
    }

    private float ofMasked(float score) {
        return mask.kind() == PlaceMask.Kind.LOWERED ? score - LOWERED_BY : -Float.MAX_VALUE / 2;
    }

    private void readMask(int row) {
        if (!mask.exists()) {
            return;
        }
        int step = row % steps;
        int sample = row / steps / heads;
        for (int i = 0; i < places; i++) {
            masked[i] = mask.isMasked(sample, step, i);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (outGradient == null) {
            return;
        }
        float factor = factor();
        double ofScale = 0;
        for (int row = 0; row < rows; row++) {
            out.get(row * places, weights);
            outGradient.get(row * places, scores);
            readMask(row);
            double mean = 0;
            for (int i = 0; i < places; i++) {
                mean += (double) weights[i] * scores[i];
            }
            for (int i = 0; i < places; i++) {
                boolean constantScore = masked[i] && mask.kind() != PlaceMask.Kind.LOWERED;
                scores[i] = constantScore ? 0f : (float) (weights[i] * (scores[i] - mean));
            }
            for (int i = 0; scale != null && i < places; i++) {
                ofScale += (double) scores[i] * in.get(row * places + i);
            }
            for (int i = 0; i < places; i++) {
                scores[i] *= factor;
            }
            if (inGradient != null) {
                inGradient.put(row * places, scores);
            }
        }
        if (scale != null) {
            scaleSum[0] = (float) (constant * ofScale);
            scaleGradient.write(scaleSum, gradientAddress, accumulate);
        }
    }
}
