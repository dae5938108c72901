/**
 * Counter-based random numbers: a value is a pure function of its keys, so no worker, order or restart changes it.
 *
 * <p>Entry points: {@link io.covey.trainer.random.CounterRandom} and {@link io.covey.trainer.random.Permutation}.
 */
package io.covey.trainer.random;
