package io.covey.trainer.engine;

import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;

/** A program's input: rows are staged in the format they come in, then converted to floats and scaled, all at once. */
final class Input {
    private final int width;
    private final float scale;
    private final Tensor values;
    private final VectorKernels kernels = new VectorKernels();
    private final ByteBuffer stagedBytes;
    private final FloatBuffer stagedFloats;
    private final PrimitiveCall convert;

    Input(OnednnScope scope, InputFormat format, float scale, int rows, int width) {
        this.width = width;
        this.scale = scale;
        values = scope.tensor(rows, width);
        dnnl_memory_desc stagedDesc =
                scope.desc(format == InputFormat.UINT8 ? dnnl.dnnl_u8 : dnnl.dnnl_f32, dnnl.dnnl_ab, rows, width);
        long stagedLength = dnnl.dnnl_memory_desc_get_size(stagedDesc);
        NativeFloats staging = scope.floats((stagedLength + Float.BYTES - 1) / Float.BYTES);
        stagedBytes = format == InputFormat.UINT8
                ? new BytePointer(staging.pointer()).capacity(stagedLength).asByteBuffer()
                : null;
        stagedFloats = format == InputFormat.FLOAT32 ? staging.buffer() : null;
        // A reorder that scales as well is three times slower than one that copies, and a pass that scales.
        dnnl_primitive_desc desc = scope.primitiveDesc(
                "reorder",
                d -> dnnl.dnnl_reorder_primitive_desc_create(
                        d, stagedDesc, Onednn.engine(), values.desc(), Onednn.engine(), scope.attributes()));
        convert = scope.call(
                "reorder",
                desc,
                new Arg(dnnl.DNNL_ARG_FROM, scope.memory(stagedDesc, staging.pointer())),
                new Arg(dnnl.DNNL_ARG_TO, values.memory()));
    }

    /** What the first layer reads. */
    Tensor values() {
        return values;
    }

    void put(int row, byte[] source, int offset) {
        stagedBytes.put(row * width, source, offset, width);
    }

    void put(int row, float[] source, int offset) {
        stagedFloats.put(row * width, source, offset, width);
    }

    void forward() {
        convert.run();
        if (scale != 1f) {
            kernels.scale(
                    values.values().address(), scale, (int) values.values().length());
        }
    }
}
