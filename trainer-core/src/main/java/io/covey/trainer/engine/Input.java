package io.covey.trainer.engine;

import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.memory.NativeFloats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;

/** A program's input: rows are staged in the format they come in, then converted and scaled in one oneDNN reorder. */
final class Input {
    private final int width;
    private final Tensor values;
    private final ByteBuffer stagedBytes;
    private final FloatBuffer stagedFloats;
    private final PrimitiveCall convert;

    Input(OnednnScope scope, InputFormat format, float scale, int rows, int width) {
        this.width = width;
        values = scope.tensor(rows, width);
        boolean bytes = format == InputFormat.UINT8;
        if (!bytes && scale == 1f) {
            stagedBytes = null;
            stagedFloats = values.values().buffer();
            convert = null;
            return;
        }
        long size = (long) rows * width;
        NativeFloats staging = scope.floats(bytes ? (size + Float.BYTES - 1) / Float.BYTES : size);
        BytePointer stagedMemory = new BytePointer(staging.pointer());
        stagedMemory.capacity(bytes ? size : size * Float.BYTES);
        stagedBytes = bytes ? stagedMemory.asByteBuffer().order(ByteOrder.nativeOrder()) : null;
        stagedFloats = bytes ? null : staging.buffer();
        dnnl_memory_desc stagedDesc = scope.desc(bytes ? dnnl.dnnl_u8 : dnnl.dnnl_f32, dnnl.dnnl_ab, rows, width);
        NativeFloats factor = scope.floats(1);
        factor.put(0, new float[] {scale});
        dnnl_primitive_attr attributes = scope.attributes();
        Onednn.check(
                dnnl.dnnl_primitive_attr_set_scales_mask(attributes, dnnl.DNNL_ARG_SRC, 0),
                "primitive_attr_set_scales_mask");
        dnnl_primitive_desc desc = scope.primitiveDesc(
                "reorder",
                d -> dnnl.dnnl_reorder_primitive_desc_create(
                        d, stagedDesc, Onednn.engine(), values.desc(), Onednn.engine(), attributes));
        convert = scope.call(
                "reorder",
                desc,
                new Arg(dnnl.DNNL_ARG_FROM, scope.memory(stagedDesc, stagedMemory)),
                new Arg(dnnl.DNNL_ARG_TO, values.memory()),
                new Arg(
                        dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC,
                        scope.memory(scope.desc(dnnl.dnnl_f32, dnnl.dnnl_a, 1), factor.pointer())));
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
        if (convert != null) {
            convert.run();
        }
    }
}
