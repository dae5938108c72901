/**
 * The engine: a model compiled to a list of operations on native memory, oneDNN first.
 *
 * <p>Entry point: {@link io.covey.trainer.engine.Program}.
 */
package io.covey.trainer.engine;
