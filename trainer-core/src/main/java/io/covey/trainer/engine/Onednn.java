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

    /** Whether its primitives use AVX-512: what the processor has and {@code ONEDNN_MAX_CPU_ISA} allows. */
    public static boolean usesAvx512() {
        engine();
        int isa = dnnl.dnnl_get_effective_cpu_isa();
        return (isa & dnnl.dnnl_cpu_isa_avx512_core) == dnnl.dnnl_cpu_isa_avx512_core;
    }

    /** @throws CoveyException when {@code status} is not success */
    public static void check(int status, String call) {
        if (status != dnnl.dnnl_success) {
            throw CoveyException.failure("oneDNN: dnnl_" + call + " failed with status " + status
                    + " (see dnnl_status_t); ONEDNN_VERBOSE=all in the environment tells why");
        }
    }
}
