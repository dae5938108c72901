/**
 * How variables get their first values.
 *
 * <p>Entry point: {@link io.covey.trainer.initializers.Initializer}.
 */
package io.covey.trainer.initializers;
