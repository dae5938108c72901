package io.covey.spark.data;

import io.covey.trainer.data.SampleBlock;
import java.lang.ref.SoftReference;
import java.util.UUID;
import java.util.function.Supplier;

/** The data set that this process decoded last, kept while memory allows. Thread-safe: who comes second waits. */
final class DecodedRows {
    private UUID owner;
    private SoftReference<SampleBlock> rows = new SoftReference<>(null);

    /** The rows that {@code owner} decoded, decoding them if they are not at hand. */
    synchronized SampleBlock get(UUID wanted, Supplier<SampleBlock> decode) {
        SampleBlock kept = wanted.equals(owner) ? rows.get() : null;
        if (kept == null) {
            kept = decode.get();
            owner = wanted;
            rows = new SoftReference<>(kept);
        }
        return kept;
    }
}
