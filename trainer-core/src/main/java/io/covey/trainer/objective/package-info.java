/**
 * What {@code compile} says of a model's outputs: losses, their weights, metrics; and how what they add up to is kept.
 *
 * <p>Entry point: {@link io.covey.trainer.objective.CompileOptions}.
 */
package io.covey.trainer.objective;
