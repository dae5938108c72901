/**
 * Pooling as operations.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.pooling.PoolingLowerings}.
 */
package io.covey.trainer.engine.pooling;
