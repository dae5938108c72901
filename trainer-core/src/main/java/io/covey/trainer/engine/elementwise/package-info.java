/**
 * Activations and other operations that work number by number, or over the last axis.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.elementwise.Activations}.
 */
package io.covey.trainer.engine.elementwise;
