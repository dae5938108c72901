/**
 * Off-heap float vectors and the arithmetic on them.
 *
 * <p>Entry points: {@link io.covey.trainer.memory.NativeFloats} and {@link io.covey.trainer.memory.VectorKernels}.
 */
package io.covey.trainer.memory;
