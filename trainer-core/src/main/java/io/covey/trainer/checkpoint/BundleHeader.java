package io.covey.trainer.checkpoint;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The first value of an index (TensorFlow's {@code BundleHeaderProto}).
 *
 * @param shards number of data files
 * @param byteOrder of the numbers in the data files
 */
record BundleHeader(int shards, ByteOrder byteOrder) {
    private static final int VERSION = 1;

    private static final int NUM_SHARDS = 1;
    private static final int ENDIANNESS = 2;
    private static final int VERSION_DEF = 3;
    private static final int PRODUCER = 1;
    private static final int MIN_CONSUMER = 2;
    private static final int BAD_CONSUMERS = 3;

    byte[] encode() {
        return new WireWriter()
                .varintField(NUM_SHARDS, shards)
                .varintField(ENDIANNESS, byteOrder == ByteOrder.LITTLE_ENDIAN ? 0 : 1)
                .messageField(VERSION_DEF, new WireWriter().varintField(PRODUCER, VERSION))
                .toByteArray();
    }

    static BundleHeader decode(WireReader message) throws MalformedException {
        long shards = 0;
        long endianness = 0;
        for (int field = message.field(); field != 0; field = message.field()) {
            switch (field) {
                case NUM_SHARDS -> shards = message.varintField();
                case ENDIANNESS -> endianness = message.varintField();
                case VERSION_DEF -> checkVersion(message.messageField());
                default -> message.skipField();
            }
        }
        if (shards < 1 || shards > Integer.MAX_VALUE) {
            throw message.malformed("the header says " + shards + " shards");
        }
        if (endianness != 0 && endianness != 1) {
            throw message.malformed("the header says endianness " + endianness);
        }
        return new BundleHeader((int) shards, endianness == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    }

    private static void checkVersion(WireReader message) throws MalformedException {
        long producer = 0;
        long minConsumer = 0;
        List<Long> badConsumers = new ArrayList<>();
        for (int field = message.field(); field != 0; field = message.field()) {
            switch (field) {
                case PRODUCER -> producer = message.varintField();
                case MIN_CONSUMER -> minConsumer = message.varintField();
                case BAD_CONSUMERS -> {
                    if (message.isLengthDelimited()) {
                        WireReader packed = message.messageField();
                        while (packed.remaining() > 0) {
                            badConsumers.add(packed.varint());
                        }
                    } else {
                        badConsumers.add(message.varintField());
                    }
                }
                default -> message.skipField();
            }
        }
        if (producer < 0 || minConsumer > VERSION || badConsumers.contains((long) VERSION)) {
            throw message.malformed("format version " + producer + " asks for readers of version " + minConsumer
                    + " or later and not of " + badConsumers + ", this one has version " + VERSION);
        }
    }
}
