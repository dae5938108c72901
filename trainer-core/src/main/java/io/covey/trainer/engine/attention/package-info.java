/**
 * Operations of attention.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.attention.AttentionLowerings}.
 */
package io.covey.trainer.engine.attention;
