package io.covey.trainer.memory;

import io.covey.trainer.CoveyException;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/**
 * Loads OpenBLAS and oneDNN once per process and sets their thread counts. Thread-safe.
 *
 * <p>JavaCPP would limit native memory by {@code -Xmx}, which says nothing about the memory of models and batches: the limits
 * are lifted unless the user sets {@code org.bytedeco.javacpp.maxbytes} or {@code maxphysicalbytes}.
 */
public final class NativeLibraries {
    private static final Map<Integer, String> ISA_NAMES = Map.ofEntries(
            Map.entry(dnnl.dnnl_cpu_isa_sse41, "sse41"),
            Map.entry(dnnl.dnnl_cpu_isa_avx, "avx"),
            Map.entry(dnnl.dnnl_cpu_isa_avx2, "avx2"),
            Map.entry(dnnl.dnnl_cpu_isa_avx2_vnni, "avx2_vnni"),
            Map.entry(dnnl.dnnl_cpu_isa_avx2_vnni_2, "avx2_vnni_2"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core, "avx512_core"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_vnni, "avx512_core_vnni"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_bf16, "avx512_core_bf16"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_fp16, "avx512_core_fp16"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_amx, "avx512_core_amx"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_amx_fp16, "avx512_core_amx_fp16"),
            Map.entry(dnnl.dnnl_cpu_isa_avx10_2_512, "avx10_2_512"),
            Map.entry(dnnl.dnnl_cpu_isa_avx10_2_512_amx_2, "avx10_2_512_amx_2"));

    private static volatile boolean blasLoaded;
    private static volatile OpenMp openMp;

    private NativeLibraries() {}

    /**
     * Loads JavaCPP and OpenBLAS: what vectors and the arithmetic on them need.
     *
     * @throws CoveyException a caller's error when this platform's natives are missing or do not load
     */
    public static void loadBlas() {
        if (!blasLoaded) {
            synchronized (NativeLibraries.class) {
                if (!blasLoaded) {
                    liftLimit("org.bytedeco.javacpp.maxbytes");
                    liftLimit("org.bytedeco.javacpp.maxphysicalbytes");
                    try {
                        Loader.load(openblas.class);
                        openblas.blas_set_num_threads(1);
                    } catch (LinkageError | RuntimeException e) {
                        throw cannotLoad("OpenBLAS", e);
                    }
                    blasLoaded = true;
                }
            }
        }
    }

    /**
     * Loads oneDNN, and all that {@link #loadBlas} loads.
     *
     * @throws CoveyException a caller's error when this platform's natives are missing or do not load
     */
    public static void loadOnednn() {
        if (openMp == null) {
            loadBlas();
            synchronized (NativeLibraries.class) {
                if (openMp == null) {
                    try {
                        Loader.load(dnnl.class);
                        openMp = OpenMp.find();
                    } catch (LinkageError | RuntimeException e) {
                        throw cannotLoad("oneDNN", e);
                    }
                }
            }
        }
    }

    /**
     * Makes oneDNN's operations use {@code threads} threads when this thread builds and runs them. OpenMP keeps the number
     * per calling thread.
     */
    public static void setThreadsOfThisThread(int threads) {
        loadOnednn();
        openMp.setThreads(threads);
    }

    /**
     * Ends the threads that OpenMP keeps for this thread, which would spin for milliseconds after an operation and take
     * processors from other threads. The next operation starts new ones. Does nothing where OpenMP is older than 5.0.
     */
    public static void endThreadsOfThisThread() {
        loadOnednn();
        openMp.endThreads();
    }

    /** oneDNN's name of the instruction set that its kernels use here, for example {@code avx512_core}. */
    public static String instructionSet() {
        loadOnednn();
        int isa = dnnl.dnnl_get_effective_cpu_isa();
        return ISA_NAMES.getOrDefault(isa, "isa_" + isa);
    }

    /** Whether oneDNN's kernels use AVX-512: what the processor has and {@code ONEDNN_MAX_CPU_ISA} allows. */
    public static boolean usesAvx512() {
        loadOnednn();
        int isa = dnnl.dnnl_get_effective_cpu_isa();
        return (isa & dnnl.dnnl_cpu_isa_avx512_core) == dnnl.dnnl_cpu_isa_avx512_core;
    }

    private static void liftLimit(String property) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, "0");
        }
    }

    private static CoveyException cannotLoad(String library, Throwable cause) {
        String platform = Loader.getPlatform();
        return CoveyException.caller(
                library + " does not load on platform " + platform + " (" + cause
                        + "): use a distribution built for it with -Dnative.platform=" + platform
                        + ", and check that the folder for unpacked natives (org.bytedeco.javacpp.cachedir, by default"
                        + " ~/.javacpp/cache) can be written and executed from",
                cause);
    }
}
