/**
 * What a layer is: settings with Keras' names and defaults, shape inference and variables; and how layers are called.
 *
 * <p>Entry points: {@link io.covey.trainer.layers.Layer} and {@link io.covey.trainer.layers.LayerTypes}. The layers themselves
 * are in the packages below, grouped as in Keras.
 */
package io.covey.trainer.layers;
