/**
 * Operations on several tensors.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.merging.MergingLowerings}.
 */
package io.covey.trainer.engine.merging;
