/**
 * Operations that move numbers without changing them.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.shape.ShapeLowerings}.
 */
package io.covey.trainer.engine.shape;
