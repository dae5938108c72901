package io.covey.trainer.engine.regularization;

import io.covey.trainer.random.CounterRandom;

/** What a number is multiplied by, and what is added then; both are functions of (key, index). */
interface Noise {
    /** Of the self-normalizing networks' activation far left: -alpha * scale. */
    double SELU_LIMIT = -1.6732632423543772 * 1.0507009873554805;

    float factor(long key, long index);

    float addend(long key, long index);

    static Noise dropout(double rate) {
        float drop = (float) rate;
        float scale = (float) (1 / (1 - rate));
        return of((key, index) -> CounterRandom.uniform(key, index) >= drop ? scale : 0f, (key, index) -> 0f);
    }

    static Noise alphaDropout(double rate) {
        float drop = (float) rate;
        double a = 1 / Math.sqrt((1 - rate) * (1 + rate * SELU_LIMIT * SELU_LIMIT));
        float b = (float) (-a * SELU_LIMIT * rate);
        float dropped = (float) (a * SELU_LIMIT + b);
        return of(
                (key, index) -> CounterRandom.uniform(key, index) >= drop ? (float) a : 0f,
                (key, index) -> CounterRandom.uniform(key, index) >= drop ? b : dropped);
    }

    static Noise gaussianDropout(double rate) {
        double stddev = Math.sqrt(rate / (1 - rate));
        return of((key, index) -> (float) (1 + stddev * normal(key, index)), (key, index) -> 0f);
    }

    static Noise gaussianNoise(double stddev) {
        return of((key, index) -> 1f, (key, index) -> (float) (stddev * normal(key, index)));
    }

    /** A function of (key, index). */
    @FunctionalInterface
    interface Draw {
        float at(long key, long index);
    }

    private static Noise of(Draw factor, Draw addend) {
        return new Noise() {
            @Override
            public float factor(long key, long index) {
                return factor.at(key, index);
            }

            @Override
            public float addend(long key, long index) {
                return addend.at(key, index);
            }
        };
    }

    /** Box and Muller's transform. */
    private static double normal(long key, long index) {
        double radius = CounterRandom.uniform(key, 2 * index) + 0x1p-25;
        double angle = CounterRandom.uniform(key, 2 * index + 1);
        return StrictMath.sqrt(-2 * StrictMath.log(radius)) * StrictMath.cos(2 * Math.PI * angle);
    }
}
