/**
<<<<<<< HEAD
 * Objects from configurations: Keras' JSON and the job file name a thing and give its arguments.
 *
 * <p>Entry points: {@link io.covey.trainer.config.NamedConfig} and {@link io.covey.trainer.config.Arguments}.
=======
 * Named arguments of Keras objects (losses, metrics), checked against the names that exist.
 *
 * <p>Entry point: {@link io.covey.trainer.config.Arguments}.
>>>>>>> losses
 */
package io.covey.trainer.config;
