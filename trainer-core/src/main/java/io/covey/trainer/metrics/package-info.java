/**
 * Keras' metrics as sums over samples that merge by addition.
 *
 * <p>Entry points: {@link io.covey.trainer.metrics.Metrics} and {@link io.covey.trainer.metrics.MetricFunction}.
 */
package io.covey.trainer.metrics;
