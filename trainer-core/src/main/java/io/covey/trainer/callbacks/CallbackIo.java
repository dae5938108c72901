package io.covey.trainer.callbacks;

import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * What callbacks need of the world outside.
 *
 * @param files where they write
 * @param out where they print
 * @param nanoClock for example {@link System#nanoTime}
 */
public record CallbackIo(FileStore files, PrintStream out, LongSupplier nanoClock) {
    /** The local file system, standard output, and the system's clock. */
    public static CallbackIo system() {
        return new CallbackIo(new LocalFileStore(), System.out, System::nanoTime);
    }
}
