package io.covey.trainer.engine;

import io.covey.trainer.data.Column;
import io.covey.trainer.engine.OnednnScope.Arg;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;

/** One input of a program: rows are staged in the format they come in, then converted to floats and scaled, all at once. */
final class Input {
    private final int width;
    private final float scale;
    private final Signal signal;
    private final VectorKernels kernels = new VectorKernels();
    private final ByteBuffer stagedBytes;
    private final FloatBuffer stagedFloats;
    private final float[] converted;
    private final PrimitiveCall convert;

    /**
     * An input.
     *
     * @param shape rows and the shape of one sample
     * @param needsGradient whether backward computes its gradient
     */
    Input(OnednnScope scope, InputFormat format, float scale, boolean needsGradient, int... shape) {
        this.scale = format == InputFormat.INT32 ? 1f : scale;
        Tensor values = scope.tensor(Role.VALUE, shape);
        signal = new Signal(values, needsGradient ? scope.tensor(Role.GRADIENT, shape) : null);
        scope.buffers().useAt(values.values(), Buffers.INPUT);
        if (needsGradient) {
            scope.buffers().useAt(signal.gradient().values(), Buffers.INPUT);
        }
        int rows = shape[0];
        width = values.size() / rows;
        converted = format == InputFormat.INT32 ? new float[width] : null;
        if (format != InputFormat.UINT8) {
            stagedBytes = null;
            scope.buffers().keepToEnd(values.values());
            stagedFloats = values.values().buffer();
            convert = null;
            return;
        }
        dnnl_memory_desc stagedDesc = scope.desc(dnnl.dnnl_u8, dnnl.dnnl_ab, rows, width);
        dnnl_memory_desc valuesDesc = scope.desc(dnnl.dnnl_f32, dnnl.dnnl_ab, rows, width);
        NativeFloats staging = scope.floats(((long) rows * width + Float.BYTES - 1) / Float.BYTES);
        stagedBytes =
                new BytePointer(staging.pointer()).capacity((long) rows * width).asByteBuffer();
        stagedFloats = null;
        // A reorder that scales as well is three times slower than one that copies, and a pass that scales.
        dnnl_primitive_desc desc = scope.primitiveDesc(
                "reorder",
                d -> dnnl.dnnl_reorder_primitive_desc_create(
                        d, stagedDesc, Onednn.engine(), valuesDesc, Onednn.engine(), scope.attributes()));
        convert = scope.call(
                "reorder",
                desc,
                new Arg(dnnl.DNNL_ARG_FROM, scope.memory(stagedDesc, staging.pointer())),
                new Arg(
                        dnnl.DNNL_ARG_TO,
                        scope.memory(valuesDesc, values.values().pointer())));
    }

    /** What the first layer reads. */
    Signal signal() {
        return signal;
    }

    void put(int row, Column column, int slot) {
        if (column instanceof Column.Bytes bytes) {
            stagedBytes.put(row * width, bytes.values(), slot * width, width);
        } else if (column instanceof Column.Floats floats) {
            stagedFloats.put(row * width, floats.values(), slot * width, width);
        } else if (column instanceof Column.Ints ints) {
            for (int i = 0; i < width; i++) {
                converted[i] = ints.values()[slot * width + i];
            }
            stagedFloats.put(row * width, converted, 0, width);
        }
    }

    void forward() {
        if (convert != null) {
            convert.run();
        }
        if (scale != 1f) {
            NativeFloats values = signal.value().values();
            kernels.scale(values.address(), scale, (int) values.length());
        }
    }
}
