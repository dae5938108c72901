package io.covey.trainer.memory;

import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack.SetNumThreads;

/** The functions of the OpenMP runtime that oneDNN is linked to; no preset wraps them. They act on the calling thread's team. */
final class OpenMp {
    /** OpenMP's {@code omp_pause_soft}. */
    private static final int PAUSE_SOFT = 1;

    private final IntFunction setNumThreads;
    /** Null before OpenMP 5.0. */
    private final IntFunction pauseResourceAll;

    private OpenMp(IntFunction setNumThreads, IntFunction pauseResourceAll) {
        this.setNumThreads = setNumThreads;
        this.pauseResourceAll = pauseResourceAll;
    }

    /** @throws UnsatisfiedLinkError when oneDNN has been loaded without OpenMP */
    static OpenMp find() {
        // Symbols are looked up among the process' global ones, and the JVM loads libraries as local.
        for (Map.Entry<String, String> library : Loader.getLoadedLibraries().entrySet()) {
            if (library.getKey().matches("i?omp5?|gomp.*") && library.getValue() != null) {
                Loader.loadGlobal(library.getValue());
            }
        }
        String setThreads = "omp_set_num_threads";
        IntFunction setNumThreads = IntFunction.find(setThreads);
        if (setNumThreads == null) {
            throw new UnsatisfiedLinkError(setThreads + " not found, loaded are " + Loader.getLoadedLibraries());
        }
        return new OpenMp(setNumThreads, IntFunction.find("omp_pause_resource_all"));
    }

    void setThreads(int threads) {
        setNumThreads.call(threads);
    }

    void endThreads() {
        if (pauseResourceAll != null) {
            pauseResourceAll.call(PAUSE_SOFT);
        }
    }

    /** A function of an int; a result is not looked at. */
    private static final class IntFunction extends SetNumThreads {
        /** Null if there is no such function. */
        static IntFunction find(String name) {
            Pointer address = Loader.addressof(name);
            if (address == null) {
                return null;
            }
            IntFunction function = new IntFunction();
            function.put(address);
            return function;
        }
    }
}
