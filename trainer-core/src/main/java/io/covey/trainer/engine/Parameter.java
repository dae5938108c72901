package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeAddress;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/** A variable's place in the flat vectors: a oneDNN handle that follows it to any address. */
final class Parameter {
    private final long byteOffset;
    private final dnnl_memory_desc desc;
    private final dnnl_memory memory;
    private final NativeAddress values = new NativeAddress();

    /** @param offset first float of the variable in the flat vectors */
    Parameter(OnednnScope scope, dnnl_memory_desc desc, long offset) {
        this.byteOffset = offset * Float.BYTES;
        this.desc = desc;
        this.memory = scope.memory(desc, null);
    }

    dnnl_memory_desc desc() {
        return desc;
    }

    dnnl_memory memory() {
        return memory;
    }

    /** The variable's values in the parameter vector. */
    NativeAddress values() {
        return values;
    }

    /** Where the variable lies in a flat vector at {@code vectorAddress}. */
    long addressIn(long vectorAddress) {
        return vectorAddress + byteOffset;
    }

    /** Reads from the parameter vector at {@code vectorAddress} from now on. */
    void bind(long vectorAddress) {
        int status = dnnl.dnnl_memory_set_data_handle(memory, values.at(addressIn(vectorAddress)));
        if (status != dnnl.dnnl_success) {
            Onednn.check(status, "memory_set_data_handle");
        }
    }
}
