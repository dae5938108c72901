package io.covey.trainer.engine.attention;

import io.covey.trainer.engine.HeapGradient;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Scores {@code sum of outer * tanh(inner * (query + key))} over the features; the factors are variables or 1. */
final class TanhScoresOp implements Op {
    private final Factor inner;
    private final Factor outer;
    private final int samples;
    private final int steps;
    private final int places;
    private final int features;
    private final Sequence query;
    private final Sequence key;
    private final FloatBuffer out;
    private final FloatBuffer outGradient;
    private final float[] scores;

    /** A variable of one number, or of one for each feature; or 1. */
    private static final class Factor {
        private final ParameterUse use;
        private final HeapGradient finished;
        private final float[] values;
        private final double[] sums;
        private final float[] gradient;

        Factor(Lowering call, ParameterUse use) {
            this.use = use;
            int size = use == null ? 1 : (int) use.parameter().spec().size();
            finished = use == null ? null : new HeapGradient(call.scope(), use);
            values = new float[size];
            sums = new double[size];
            gradient = new float[size];
            Arrays.fill(values, 1f);
        }

        void read() {
            for (int i = 0; use != null && i < values.length; i++) {
                values[i] = use.parameter().values().get(i);
            }
        }

        int index(int feature) {
            return values.length == 1 ? 0 : feature;
        }

        void write(long gradientAddress, boolean accumulate) {
            if (use != null) {
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = (float) sums[i];
                }
                finished.write(gradient, gradientAddress, accumulate);
            }
        }
    }

    /** The query or the key, a sample at a time. */
    private static final class Sequence {
        private final FloatBuffer values;
        private final FloatBuffer gradients;
        private final float[] x;
        private final double[] sums;
        private final float[] gradient;

        Sequence(Signal signal) {
            values = signal.value().values().buffer();
            gradients = signal.gradient() == null
                    ? null
                    : signal.gradient().values().buffer();
            x = new float[signal.value().size() / signal.value().rows()];
            sums = new double[x.length];
            gradient = new float[x.length];
        }

        void read(int sample) {
            values.get(sample * x.length, x);
            Arrays.fill(sums, 0);
        }

        void write(int sample) {
            if (gradients != null) {
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = (float) sums[i];
                }
                gradients.put(sample * gradient.length, gradient);
            }
        }
    }

    TanhScoresOp(Lowering call, ParameterUse inner, ParameterUse outer, Signal query, Signal key, Signal out) {
        this.inner = new Factor(call, inner);
        this.outer = new Factor(call, outer);
        int[] shape = query.value().shape();
        samples = shape[0];
        steps = shape[1];
        features = shape[2];
        places = key.value().shape()[1];
        this.query = new Sequence(query);
        this.key = new Sequence(key);
        this.out = out.value().values().buffer();
        outGradient = out.gradient() == null ? null : out.gradient().values().buffer();
        scores = new float[steps * places];
    }

    @Override
    public void forward() {
        inner.read();
        outer.read();
        for (int sample = 0; sample < samples; sample++) {
            query.read(sample);
            key.read(sample);
            for (int i = 0; i < scores.length; i++) {
                int q = i / places * features;
                int k = i % places * features;
                double sum = 0;
                for (int d = 0; d < features; d++) {
                    sum += outer.values[outer.index(d)] * Math.tanh(inner.values[0] * (query.x[q + d] + key.x[k + d]));
                }
                scores[i] = (float) sum;
            }
            out.put(sample * scores.length, scores);
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (outGradient == null) {
            return;
        }
        Arrays.fill(inner.sums, 0);
        Arrays.fill(outer.sums, 0);
        for (int sample = 0; sample < samples; sample++) {
            query.read(sample);
            key.read(sample);
            outGradient.get(sample * scores.length, scores);
            for (int i = 0; i < scores.length; i++) {
                int q = i / places * features;
                int k = i % places * features;
                for (int d = 0; d < features; d++) {
                    float sum = query.x[q + d] + key.x[k + d];
                    double tanh = Math.tanh(inner.values[0] * sum);
                    outer.sums[outer.index(d)] += scores[i] * tanh;
                    double ofArgument = scores[i] * outer.values[outer.index(d)] * (1 - tanh * tanh);
                    inner.sums[0] += ofArgument * sum;
                    query.sums[q + d] += ofArgument * inner.values[0];
                    key.sums[k + d] += ofArgument * inner.values[0];
                }
            }
            query.write(sample);
            key.write(sample);
        }
        inner.write(gradientAddress, accumulate);
        outer.write(gradientAddress, accumulate);
    }
}
