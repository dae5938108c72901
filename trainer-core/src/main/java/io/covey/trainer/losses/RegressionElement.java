package io.covey.trainer.losses;

/** The element losses without arguments. Formulas: Keras 3, {@code keras/src/losses/losses.py}. */
enum RegressionElement implements ElementLoss {
    /** {@code (t - p)^2}. */
    SQUARED {
        @Override
        public double value(float t, float p) {
            double error = (double) p - t;
            return error * error;
        }

        @Override
        public double derivative(float t, float p) {
            return 2 * ((double) p - t);
        }
    },

    /** {@code |t - p|}. */
    ABSOLUTE {
        @Override
        public double value(float t, float p) {
            return Math.abs((double) p - t);
        }

        @Override
        public double derivative(float t, float p) {
            return Math.signum((double) p - t);
        }
    },

    /** {@code 100 |t - p| / max(|t|, epsilon)}. */
    ABSOLUTE_PERCENTAGE {
        @Override
        public double value(float t, float p) {
            return 100 * Math.abs(((double) t - p) / magnitude(t));
        }

        @Override
        public double derivative(float t, float p) {
            return 100 * Math.signum((double) p - t) / magnitude(t);
        }

        private static double magnitude(float t) {
            return Math.max(Math.abs(t), PositionLoss.EPSILON);
        }
    },

    /** {@code (log(1 + max(p, epsilon)) - log(1 + max(t, epsilon)))^2}. */
    SQUARED_LOGARITHMIC {
        @Override
        public double value(float t, float p) {
            double error = log(p) - log(t);
            return error * error;
        }

        @Override
        public double derivative(float t, float p) {
            return p >= PositionLoss.EPSILON ? 2 * (log(p) - log(t)) / (1.0 + p) : 0;
        }

        private static double log(float x) {
            // The sum in float32: the logarithm of 1 + epsilon shows the difference.
            return Math.log(Math.max(x, PositionLoss.EPSILON) + 1f);
        }
    },

    /** {@code log(cosh(p - t))}, as {@code x + softplus(-2x) - log 2}. */
    LOG_COSH {
        @Override
        public double value(float t, float p) {
            double x = (double) p - t;
            return x + Stable.softplus(-2 * x) - Math.log(2);
        }

        @Override
        public double derivative(float t, float p) {
            return Math.tanh((double) p - t);
        }
    },

    /** {@code p - t log(p + epsilon)}. */
    POISSON {
        @Override
        public double value(float t, float p) {
            return p - t * Math.log(p + PositionLoss.EPSILON);
        }

        @Override
        public double derivative(float t, float p) {
            return 1 - t / ((double) p + PositionLoss.EPSILON);
        }
    }
}
