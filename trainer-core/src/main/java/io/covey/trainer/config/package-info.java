/**
 * Objects from configurations: Keras' JSON and the job file name a thing and give its arguments.
 *
 * <p>Entry points: {@link io.covey.trainer.config.NamedConfig} and {@link io.covey.trainer.config.Arguments}.
 */
package io.covey.trainer.config;
