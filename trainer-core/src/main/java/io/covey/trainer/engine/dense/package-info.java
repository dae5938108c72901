/**
 * Dense layers as operations.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.dense.DenseLowerings}.
 */
package io.covey.trainer.engine.dense;
