package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;

/**
 * A float32 matrix of a program, (rows, width) in C order.
 *
 * @param rows samples in the micro-batch
 * @param width numbers per sample
 * @param desc its shape for oneDNN
 * @param memory its oneDNN handle
 * @param values its numbers
 */
record Tensor(int rows, int width, dnnl_memory_desc desc, dnnl_memory memory, NativeFloats values) {}
