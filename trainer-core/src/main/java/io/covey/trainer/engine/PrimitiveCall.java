package io.covey.trainer.engine;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;

/** A oneDNN primitive with its arguments, ready to run any number of times without an allocation. */
public final class PrimitiveCall {
    private final String name;
    private final dnnl_primitive primitive;
    private final dnnl_stream stream;
    private final dnnl_exec_arg_t arguments;
    private final int argumentCount;

    PrimitiveCall(
            String name, dnnl_primitive primitive, dnnl_stream stream, dnnl_exec_arg_t arguments, int argumentCount) {
        this.name = name;
        this.primitive = primitive;
        this.stream = stream;
        this.arguments = arguments;
        this.argumentCount = argumentCount;
    }

    /** Runs to completion on the calling thread. */
    public void run() {
        // A CPU stream on OpenMP is synchronous: no dnnl_stream_wait.
        int status = dnnl.dnnl_primitive_execute(primitive, stream, argumentCount, arguments);
        if (status != dnnl.dnnl_success) {
            Onednn.check(status, "primitive_execute of " + name);
        }
    }
}
