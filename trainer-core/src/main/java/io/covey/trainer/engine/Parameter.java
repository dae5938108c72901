package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeAddress;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/** A variable's place in the flat vectors: oneDNN handles that follow them to any address. */
final class Parameter {
    private final long byteOffset;
    private final dnnl_memory_desc desc;
    private final dnnl_memory value;
    private final dnnl_memory gradient;
    private final NativeAddress address = new NativeAddress();

    /** @param offset first float of the variable in the flat vectors */
    Parameter(OnednnScope scope, dnnl_memory_desc desc, long offset) {
        this.byteOffset = offset * Float.BYTES;
        this.desc = desc;
        this.value = scope.memory(desc, null);
        this.gradient = scope.memory(desc, null);
    }

    dnnl_memory_desc desc() {
        return desc;
    }

    dnnl_memory value() {
        return value;
    }

    dnnl_memory gradient() {
        return gradient;
    }

    /** Reads from the parameter vector at {@code vectorAddress} from now on. */
    void bindValue(long vectorAddress) {
        bind(value, vectorAddress);
    }

    /** Writes to the gradient vector at {@code vectorAddress} from now on. */
    void bindGradient(long vectorAddress) {
        bind(gradient, vectorAddress);
    }

    private void bind(dnnl_memory memory, long vectorAddress) {
        int status = dnnl.dnnl_memory_set_data_handle(memory, address.at(vectorAddress + byteOffset));
        if (status != dnnl.dnnl_success) {
            Onednn.check(status, "memory_set_data_handle");
        }
    }
}
