package io.covey.server.wire;

import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.model.UpdateRule;
import io.covey.trainer.wire.WireFormat;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class ChunkCodecTest {
    private static final long SEED = 31;
    private static final int STEPS = 20;
    private static final int MUTATIONS = 100_000;
    private static final int KERNEL = 3_000;
    private static final int STATISTICS = 64;
    private static final ParameterLayout LAYOUT = layout();
    private static final int FLOATS = (int) LAYOUT.length();

    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(FLOATS * Float.BYTES));

    /** A kernel, two moving statistics, a kernel. */
    private static ParameterLayout layout() {
        long variance = ParameterLayout.align(KERNEL) + STATISTICS;
        UpdateRule average = new UpdateRule.MovingAverage(0.9);
        return new ParameterLayout(
                List.of(
                        parameter("a", KERNEL, 0, UpdateRule.OPTIMIZER),
                        parameter("mean", STATISTICS, variance - STATISTICS, average),
                        parameter("variance", STATISTICS, variance, average),
                        parameter("b", KERNEL, variance + STATISTICS, UpdateRule.OPTIMIZER)),
                ParameterLayout.align(variance + STATISTICS + KERNEL));
    }

    private static ParameterSpec parameter(String name, int size, long offset, UpdateRule rule) {
        return new ParameterSpec(name, name, List.of(size), new Zeros(), offset, rule, null, null);
    }

    static Stream<WireFormat> encoded() {
        return WireFormatBoundsTest.all().filter(format -> !format.equals(WireFormat.float32()));
    }

    @ParameterizedTest
    @MethodSource("encoded")
    void shouldGiveTheSameBitsHoweverTheRangeIsCut(WireFormat format) {
        ShardRange range = new ShardRange(0, 37, FLOATS - 37);
        int length = (int) range.length();
        Random random = new Random(SEED);
        ChunkCodec whole = new ChunkCodec(format, LAYOUT, range, length);
        ChunkCodec pieces = new ChunkCodec(format, LAYOUT, range, 2 * WireFormat.BLOCK);
        try (NativeFloats source = NativeFloats.allocate(length);
                NativeFloats residual = NativeFloats.allocate(length);
                NativeFloats target = NativeFloats.allocate(length);
                NativeFloats otherResidual = NativeFloats.allocate(length);
                NativeFloats otherTarget = NativeFloats.allocate(length)) {
            long kept = format.hasResidual() ? residual.address() : ChunkCodec.NO_RESIDUAL;
            for (int step = 0; step < STEPS; step++) {
                for (int i = 0; i < length; i++) {
                    source.pointer().put(i, (float) random.nextGaussian());
                }
                whole.roundTrip(0, length, source.address(), kept, target.address());
                for (int from = 0; from < length; from += 2 * WireFormat.BLOCK) {
                    int part = Math.min(2 * WireFormat.BLOCK, length - from);
                    long otherKept = format.hasResidual() ? otherResidual.address(from) : ChunkCodec.NO_RESIDUAL;
                    pieces.encode(from, part, source.address(from), otherKept, frame, 8);
                    pieces.decode(from, part, frame, 8, otherTarget.address(from));
                }
                assertArrayEquals(target.get(0, length), otherTarget.get(0, length), "step " + step);
                assertArrayEquals(residual.get(0, length), otherResidual.get(0, length), "step " + step);
            }
            int firstStatistic = (int) (LAYOUT.parameters().get(1).offset() - range.offset());
            assertArrayEquals(
                    source.get(firstStatistic, 2 * STATISTICS), target.get(firstStatistic, 2 * STATISTICS), "exact");
            assertTrue(whole.bytes(0, length) <= length * Float.BYTES);
        }
    }

    /** Any bytes give some numbers, and nothing beside them is touched. */
    @ParameterizedTest
    @MethodSource("encoded")
    void shouldDecodeAnyBytesWithinBounds(WireFormat format) {
        ShardRange range = LAYOUT.cut(1).get(0);
        int longest = 2 * WireFormat.BLOCK;
        ChunkCodec codec = new ChunkCodec(format, LAYOUT, range, longest);
        Random random = new Random(SEED);
        byte[] noise = new byte[longest * Float.BYTES];
        float[] canary = {1.5f, -2.5f};
        try (NativeFloats target = NativeFloats.allocate(longest + 2L)) {
            for (int frames = 0; frames < MUTATIONS; frames++) {
                int length = 1 + random.nextInt(longest);
                int from = random.nextInt(FLOATS - length) / WireFormat.BLOCK * WireFormat.BLOCK;
                random.nextBytes(noise);
                int bytes = codec.bytes(from, length);
                frame.putBytes(0, noise, 0, bytes);
                target.put(0, new float[] {canary[0]});
                target.put(length + 1L, new float[] {canary[1]});
                codec.decode(from, length, frame, 0, target.address(1));
                assertEquals(canary[0], target.get(0, 1)[0], "seed " + SEED);
                assertEquals(canary[1], target.get(length + 1L, 1)[0], "seed " + SEED);
            }
        }
    }

    /** What is sent over the steps, and what is left, are together all gradients. */
    @ParameterizedTest
    @MethodSource("encoded")
    void shouldSendLaterWhatItLeavesOut(WireFormat format) {
        if (!format.hasResidual()) {
            return;
        }
        ShardRange range = LAYOUT.cut(1).get(0);
        Random random = new Random(SEED);
        double[] given = new double[FLOATS];
        double[] sent = new double[FLOATS];
        double largest = 0;
        ChunkCodec codec = new ChunkCodec(format, LAYOUT, range, FLOATS);
        try (NativeFloats gradient = NativeFloats.allocate(FLOATS);
                NativeFloats residual = NativeFloats.allocate(FLOATS)) {
            for (int step = 0; step < 50 * STEPS; step++) {
                for (int i = 0; i < FLOATS; i++) {
                    float value = (float) (random.nextGaussian() + 0.5);
                    gradient.pointer().put(i, value);
                    given[i] += value;
                }
                codec.roundTrip(0, FLOATS, gradient.address(), residual.address(), gradient.address());
                float[] decoded = gradient.get(0, FLOATS);
                for (int i = 0; i < FLOATS; i++) {
                    sent[i] += decoded[i];
                }
            }
            float[] left = residual.get(0, FLOATS);
            for (int i = 0; i < FLOATS; i++) {
                assertEquals(given[i], sent[i] + left[i], 1e-3 * Math.max(1, Math.abs(given[i])), "seed " + SEED);
                largest = Math.max(largest, Math.abs(left[i]));
            }
            assertTrue(largest < 500, "residuals grow: " + largest);
        }
    }
}
