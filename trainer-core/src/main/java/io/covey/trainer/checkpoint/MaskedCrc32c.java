package io.covey.trainer.checkpoint;

import java.util.zip.CRC32C;

/**
 * The checksum of tables and tensors: CRC-32C, masked because a CRC computed over bytes that hold CRCs is weak. Every
 * checksum in a file is masked (LevelDB, {@code util/crc32c.h}).
 */
public final class MaskedCrc32c {
    private static final int MASK_DELTA = 0xA282EAD8;

    private MaskedCrc32c() {}

    /** The masked form of a running checksum. */
    public static int of(CRC32C crc) {
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    /** The masked checksum of {@code length} bytes from {@code offset}. */
    public static int of(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return of(crc);
    }
}
