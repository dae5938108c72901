package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;

/**
 * Makes the native objects of one program and frees them, the last first. The primitives run one after the other, so they
 * share one scratch buffer; left to oneDNN it would be bound to the thread that built them.
 */
public final class OnednnScope implements AutoCloseable {
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final List<dnnl_memory> scratchpads = new ArrayList<>();
    private final dnnl_stream stream = new dnnl_stream();
    private final List<Runnable> bindings = new ArrayList<>();
    private long scratchBytes;
    private long allocatedBytes;
    private final Buffers buffers;

    /** @param buffers where those that others may share memory with come from; closed with this scope */
    OnednnScope(Buffers buffers) {
        this.buffers = own(buffers);
        Onednn.check(dnnl.dnnl_stream_create(stream, Onednn.engine(), dnnl.dnnl_stream_default_flags), "stream_create");
        releases.push(() -> dnnl.dnnl_stream_destroy(stream));
    }

    /** An argument of a primitive: a {@code DNNL_ARG_*} and what to pass for it. */
    public record Arg(int id, dnnl_memory memory) {}

    /** Fills in a primitive descriptor; returns oneDNN's status. */
    @FunctionalInterface
    public interface Creation {
        int create(dnnl_primitive_desc target);
    }

    /** Where the buffers come from. */
    Buffers buffers() {
        return buffers;
    }

    /** None of the layers that were lowered so far reads a tensor backward after all. */
    public void forget(Tensor tensor) {
        buffers.release(tensor.values());
    }

    /** A buffer that shares its memory with others, in the times when they do not need it. */
    public NativeFloats floats(Role role, long length) {
        return buffers.allocate(role, length);
    }

    /** A zeroed vector of its own. */
    public NativeFloats floats(long length) {
        NativeFloats floats = NativeFloats.allocate(length);
        allocatedBytes += length * Float.BYTES;
        releases.push(floats::close);
        return floats;
    }

    /** A vector of ones: a product with it sums over rows. */
    public NativeFloats ones(int length) {
        NativeFloats ones = floats(length);
        float[] values = new float[length];
        Arrays.fill(values, 1f);
        ones.put(0, values);
        return ones;
    }

    /** A shape in the layout of {@code tag}. */
    public dnnl_memory_desc desc(int dataType, int tag, long... dims) {
        dnnl_memory_desc desc = new dnnl_memory_desc();
        Onednn.check(
                dnnl.dnnl_memory_desc_create_with_tag(desc, dims.length, dims, dataType, tag),
                "memory_desc_create_with_tag");
        releases.push(() -> dnnl.dnnl_memory_desc_destroy(desc));
        return desc;
    }

    /** A shape in a layout with these distances between neighbours, in numbers. */
    public dnnl_memory_desc strided(long[] dims, long[] strides) {
        dnnl_memory_desc desc = new dnnl_memory_desc();
        Onednn.check(
                dnnl.dnnl_memory_desc_create_with_strides(desc, dims.length, dims, dnnl.dnnl_f32, strides),
                "memory_desc_create_with_strides");
        releases.push(() -> dnnl.dnnl_memory_desc_destroy(desc));
        return desc;
    }

    /** A shape in a layout that a primitive may choose. */
    public dnnl_memory_desc anyFormat(long... dims) {
        return desc(dnnl.dnnl_f32, dnnl.dnnl_format_tag_any, dims);
    }

    /** oneDNN's order of the axes of a shape in Keras' order: batch, channels, space. */
    public static long[] dims(int... shape) {
        long[] dims = new long[shape.length];
        dims[0] = shape[0];
        if (shape.length > 1) {
            dims[1] = shape[shape.length - 1];
        }
        for (int axis = 2; axis < shape.length; axis++) {
            dims[axis] = shape[axis - 1];
        }
        return dims;
    }

    /** Numbers that a layout takes, with its padding. */
    public static long length(dnnl_memory_desc desc) {
        return (dnnl.dnnl_memory_desc_get_size(desc) + Float.BYTES - 1) / Float.BYTES;
    }

    /** A handle on numbers at {@code data}, which may be null until a call of {@code dnnl_memory_set_data_handle}. */
    public dnnl_memory memory(dnnl_memory_desc desc, Pointer data) {
        dnnl_memory memory = new dnnl_memory();
        Onednn.check(dnnl.dnnl_memory_create(memory, desc, Onednn.engine(), data), "memory_create");
        releases.push(() -> dnnl.dnnl_memory_destroy(memory));
        return memory;
    }

    /** A zeroed tensor in C order. */
    public Tensor tensor(int... shape) {
        dnnl_memory_desc desc = plainDesc(shape);
        return tensor(desc, true, floats(size(shape)), shape);
    }

    /** A tensor in C order that shares its memory with others. */
    public Tensor tensor(Role role, int... shape) {
        return tensor(plainDesc(shape), true, floats(role, size(shape)), shape);
    }

    private Tensor tensor(dnnl_memory_desc desc, boolean isPlain, NativeFloats values, int... shape) {
        return new Tensor(shape, desc, memory(desc, values.pointer()), values, isPlain);
    }

    private static long size(int... shape) {
        return Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
    }

    /** A zeroed tensor in a format of oneDNN's, which may be plain. */
    public Tensor tensor(dnnl_memory_desc desc, int... shape) {
        if (dnnl.dnnl_memory_desc_equal(desc, plainDesc(shape)) != 0) {
            return tensor(shape);
        }
        return tensor(desc, false, floats(length(desc)), shape);
    }

    /** A tensor in a format of oneDNN's, which may be plain, that shares its memory with others. */
    public Tensor tensor(Role role, dnnl_memory_desc desc, int... shape) {
        return dnnl.dnnl_memory_desc_equal(desc, plainDesc(shape)) != 0
                ? tensor(role, shape)
                : tensor(desc, false, floats(role, length(desc)), shape);
    }

    /** A tensor shaped and formatted like another one that shares its memory with others. */
    public Tensor tensorLike(Role role, Tensor other) {
        return tensor(role, other.desc(), other.shape());
    }

    /** A tensor and its gradient, both formatted like {@code like}. */
    public Signal signalLike(Role role, Tensor like, boolean hasGradient) {
        return new Signal(tensorLike(role, like), hasGradient ? tensorLike(Role.GRADIENT, like) : null);
    }

    /** A zeroed tensor shaped and formatted like another one. */
    public Tensor tensorLike(Tensor other) {
        return tensor(other.desc(), other.shape());
    }

    /** A plain tensor's numbers under another shape of the same size. */
    public Tensor view(Tensor tensor, int... shape) {
        if (!tensor.isPlain()) {
            throw new IllegalArgumentException(tensor + " has no other shape");
        }
        dnnl_memory_desc desc = plainDesc(shape);
        return new Tensor(shape, desc, memory(desc, tensor.values().pointer()), tensor.values(), true);
    }

    /** C order of a shape in Keras' order; oneDNN's axes are batch, channels, space. Beyond five axes a matrix. */
    public dnnl_memory_desc plainDesc(int... shape) {
        int channels = shape[shape.length - 1];
        return switch (shape.length) {
            case 1 -> desc(dnnl.dnnl_f32, dnnl.dnnl_a, shape[0]);
            case 2 -> desc(dnnl.dnnl_f32, dnnl.dnnl_ab, shape[0], channels);
            case 3 -> desc(dnnl.dnnl_f32, dnnl.dnnl_acb, shape[0], channels, shape[1]);
            case 4 -> desc(dnnl.dnnl_f32, dnnl.dnnl_acdb, shape[0], channels, shape[1], shape[2]);
            case 5 -> desc(dnnl.dnnl_f32, dnnl.dnnl_acdeb, shape[0], channels, shape[1], shape[2], shape[3]);
            default ->
                desc(
                        dnnl.dnnl_f32,
                        dnnl.dnnl_ab,
                        Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact) / channels,
                        channels);
        };
    }

    /** A copy from one format to another. */
    public PrimitiveCall reorder(dnnl_memory_desc fromDesc, dnnl_memory from, dnnl_memory_desc toDesc, dnnl_memory to) {
        dnnl_primitive_desc desc = primitiveDesc(
                "reorder",
                d -> dnnl.dnnl_reorder_primitive_desc_create(
                        d, fromDesc, Onednn.engine(), toDesc, Onednn.engine(), attributes()));
        return call("reorder", desc, new Arg(dnnl.DNNL_ARG_FROM, from), new Arg(dnnl.DNNL_ARG_TO, to));
    }

    /** A format that a primitive descriptor asks for; {@code what} is a {@code dnnl_query_*_md}. */
    public dnnl_memory_desc query(dnnl_primitive_desc desc, int what) {
        dnnl_memory_desc found = new dnnl_memory_desc();
        Onednn.check(
                dnnl.dnnl_memory_desc_clone(found, dnnl.dnnl_primitive_desc_query_md(desc, what, 0)),
                "memory_desc_clone");
        releases.push(() -> dnnl.dnnl_memory_desc_destroy(found));
        return found;
    }

    /** Keeps something that must be closed with this scope. */
    public <T extends AutoCloseable> T own(T resource) {
        releases.push(() -> {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot close " + resource, e);
            }
        });
        return resource;
    }

    /** Runs {@code task} whenever the program gets another parameter vector. */
    void onBind(Runnable task) {
        bindings.add(task);
    }

    void bind() {
        for (int i = 0; i < bindings.size(); i++) {
            bindings.get(i).run();
        }
    }

    /** Bytes of all vectors that share their memory with no other. */
    long allocatedBytes() {
        return allocatedBytes;
    }

    /** The attributes that every primitive of a scope needs. */
    public dnnl_primitive_attr attributes() {
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        Onednn.check(dnnl.dnnl_primitive_attr_create(attributes), "primitive_attr_create");
        releases.push(() -> dnnl.dnnl_primitive_attr_destroy(attributes));
        Onednn.check(
                dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl.dnnl_scratchpad_mode_user),
                "primitive_attr_set_scratchpad_mode");
        return attributes;
    }

    /** Attributes that apply an element-wise function to a primitive's result. */
    public dnnl_primitive_attr withEltwise(int algorithm) {
        dnnl_post_ops postOps = new dnnl_post_ops();
        Onednn.check(dnnl.dnnl_post_ops_create(postOps), "post_ops_create");
        releases.push(() -> dnnl.dnnl_post_ops_destroy(postOps));
        Onednn.check(dnnl.dnnl_post_ops_append_eltwise(postOps, algorithm, 0f, 0f), "post_ops_append_eltwise");
        dnnl_primitive_attr attributes = attributes();
        Onednn.check(dnnl.dnnl_primitive_attr_set_post_ops(attributes, postOps), "primitive_attr_set_post_ops");
        return attributes;
    }

    public dnnl_primitive_desc primitiveDesc(String name, Creation creation) {
        dnnl_primitive_desc desc = new dnnl_primitive_desc();
        Onednn.check(creation.create(desc), name + "_primitive_desc_create");
        releases.push(() -> dnnl.dnnl_primitive_desc_destroy(desc));
        return desc;
    }

    /**
     * A primitive with its arguments; it can run after {@link #allocateScratch}. Generating its code takes long, and is left out
     * where the buffers are only planned.
     */
    public PrimitiveCall call(String name, dnnl_primitive_desc desc, Arg... args) {
        dnnl_primitive primitive = new dnnl_primitive();
        if (buffers instanceof PlacedBuffers) {
            Onednn.check(dnnl.dnnl_primitive_create(primitive, desc), "primitive_create of " + name);
            releases.push(() -> dnnl.dnnl_primitive_destroy(primitive));
        }
        dnnl_memory_desc scratchDesc = dnnl.dnnl_primitive_desc_query_md(desc, dnnl.dnnl_query_scratchpad_md, 0);
        scratchBytes = Math.max(scratchBytes, dnnl.dnnl_memory_desc_get_size(scratchDesc));
        dnnl_memory scratchpad = memory(scratchDesc, null);
        scratchpads.add(scratchpad);
        dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(args.length + 1);
        releases.push(arguments::close);
        for (int i = 0; i < args.length; i++) {
            arguments.position(i).arg(args[i].id()).memory(args[i].memory());
        }
        arguments.position(args.length).arg(dnnl.DNNL_ARG_SCRATCHPAD).memory(scratchpad);
        arguments.position(0);
        return new PrimitiveCall(name, primitive, stream, arguments, args.length + 1);
    }

    /** Bytes of the scratch memory of all primitives so far. */
    long scratchBytes() {
        return (scratchBytes + Float.BYTES - 1) / Float.BYTES * Float.BYTES;
    }

    /** Gives all primitives made so far their scratch memory. */
    void allocateScratch() {
        NativeFloats scratch = floats(scratchBytes() / Float.BYTES);
        for (dnnl_memory scratchpad : scratchpads) {
            Onednn.check(dnnl.dnnl_memory_set_data_handle(scratchpad, scratch.pointer()), "memory_set_data_handle");
        }
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
