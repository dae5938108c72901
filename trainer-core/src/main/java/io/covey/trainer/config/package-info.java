/**
 * Named arguments of Keras objects (losses, metrics), checked against the names that exist.
 *
 * <p>Entry point: {@link io.covey.trainer.config.Arguments}.
 */
package io.covey.trainer.config;
