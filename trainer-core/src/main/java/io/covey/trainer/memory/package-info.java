/**
 * Native libraries, off-heap float vectors and the arithmetic on them.
 *
 * <p>Entry points: {@link io.covey.trainer.memory.NativeFloats}, {@link io.covey.trainer.memory.VectorKernels} and
 * {@link io.covey.trainer.memory.NativeLibraries}.
 */
package io.covey.trainer.memory;
