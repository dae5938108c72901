/**
 * What is trained: layers, their parameters in Keras' layouts, initializers and the summary.
 *
 * <p>Entry points: {@link io.covey.trainer.model.Model} and {@link io.covey.trainer.model.ParameterLayout}.
 */
package io.covey.trainer.model;
