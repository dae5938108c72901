package io.covey.trainer.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of a string tensor: the lengths as varints, a checksum of the lengths, the strings.
 *
 * @param bytes what is stored
 * @param crc32c masked checksum for the entry
 */
record StringTensor(WireWriter bytes, int crc32c) {
    static StringTensor encode(List<byte[]> strings) {
        WireWriter target = new WireWriter();
        WireWriter lengths = new WireWriter();
        for (byte[] string : strings) {
            target.varint(string.length);
            lengths.fixed32(string.length);
        }
        CRC32C crc = new CRC32C();
        int lengthsCrc = updateWithLengths(crc, lengths);
        target.fixed32(lengthsCrc);
        for (byte[] string : strings) {
            target.bytes(string);
            crc.update(string);
        }
        return new StringTensor(target, MaskedCrc32c.of(crc));
    }

    /** @throws MalformedException with an offset from the tensor's first byte */
    static List<byte[]> decode(byte[] tensor, long elements, int entryCrc) throws MalformedException {
        if (elements == 0 && tensor.length == 0) {
            return List.of();
        }
        WireReader reader = new WireReader(tensor);
        List<Integer> stringLengths = new ArrayList<>();
        WireWriter lengths = new WireWriter();
        long total = 0;
        for (long i = 0; i < elements; i++) {
            int length = reader.length();
            stringLengths.add(length);
            lengths.fixed32(length);
            total += length;
        }
        CRC32C crc = new CRC32C();
        int computed = updateWithLengths(crc, lengths);
        int stored = reader.fixed32();
        if (stored != computed) {
            throw reader.malformed("checksum mismatch of the strings' lengths");
        }
        if (total != reader.remaining()) {
            throw reader.malformed("strings of " + total + " bytes in all are stored in " + reader.remaining());
        }
        List<byte[]> strings = new ArrayList<>();
        for (int length : stringLengths) {
            byte[] string = reader.bytes(length);
            crc.update(string);
            strings.add(string);
        }
        if (MaskedCrc32c.of(crc) != entryCrc) {
            throw new MalformedException(0, "checksum mismatch");
        }
        return strings;
    }

    /** The lengths' masked checksum; {@code crc} has then seen the lengths and that checksum, both as fixed32. */
    private static int updateWithLengths(CRC32C crc, WireWriter lengths) {
        crc.update(lengths.toByteArray());
        int lengthsCrc = MaskedCrc32c.of(crc);
        crc.update(new WireWriter().fixed32(lengthsCrc).toByteArray());
        return lengthsCrc;
    }
}
