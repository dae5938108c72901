package io.covey.trainer.engine;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeLibraries;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.global.dnnl;

/** The process' one oneDNN engine, and the check of oneDNN's status codes. Thread-safe. */
public final class Onednn {
    private static dnnl_engine engine;

    private Onednn() {}

    /** The CPU engine; shared by all threads and never destroyed. */
    public static synchronized dnnl_engine engine() {
        if (engine == null) {
            NativeLibraries.loadOnednn();
            dnnl_engine created = new dnnl_engine();
            check(dnnl.dnnl_engine_create(created, dnnl.dnnl_cpu, 0), "engine_create");
            engine = created;
        }
        return engine;
    }

    /** @throws CoveyException when {@code status} is not success */
    public static void check(int status, String call) {
        if (status != dnnl.dnnl_success) {
            throw CoveyException.failure("oneDNN: dnnl_" + call + " failed with status " + status
                    + " (see dnnl_status_t); ONEDNN_VERBOSE=all in the environment tells why");
        }
    }
}
