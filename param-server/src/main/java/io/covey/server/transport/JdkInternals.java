package io.covey.server.transport;

import io.covey.trainer.CoveyException;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;

/** Opens the one JDK package that Agrona's buffers need. */
public final class JdkInternals {
    private static final String PACKAGE = "jdk.internal.misc";

    private JdkInternals() {}

    /**
     * Opens {@code jdk.internal.misc} to the class path. Call it before the first class of Agrona or Aeron loads. Works
     * without any flag where {@code java.lang} is open, as it is in every process that Spark starts. Idempotent.
     *
     * @throws CoveyException a caller's error that names the missing JVM flag
     */
    public static void open() {
        Module base = Object.class.getModule();
        if (base.isOpen(PACKAGE, JdkInternals.class.getModule())) {
            return;
        }
        try {
            Method open = Module.class.getDeclaredMethod("implAddOpensToAllUnnamed", String.class);
            open.setAccessible(true);
            open.invoke(base, PACKAGE);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw CoveyException.caller(
                    "the transport needs the JDK package " + PACKAGE + ", which this JVM keeps closed: start it with"
                            + " --add-opens java.base/" + PACKAGE + "=ALL-UNNAMED",
                    e);
        }
    }
}
