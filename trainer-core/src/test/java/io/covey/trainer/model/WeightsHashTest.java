package io.covey.trainer.model;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.memory.NativeFloats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(30)
class WeightsHashTest {
    /** One variable larger than the chunk, and gaps behind both. */
    private static final ParameterLayout LAYOUT = Model.sequential(
                    "m", List.of(601), List.of(new Dense(33, Activation.LINEAR), new Dense(2, Activation.LINEAR)))
            .layout();

    @Test
    void shouldDigestTheVariablesBytesWithoutTheGaps() throws Exception {
        try (NativeFloats values = NativeFloats.allocate(LAYOUT.length())) {
            ByteBuffer bytes = ByteBuffer.allocate((int) LAYOUT.parameterCount() * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (ParameterSpec parameter : LAYOUT.parameters()) {
                for (long i = 0; i < parameter.size(); i++) {
                    values.put(parameter.offset() + i, new float[] {i * 0.1f});
                    bytes.putFloat(i * 0.1f);
                }
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
            String expected = HexFormat.of().formatHex(digest);
            assertEquals(expected, WeightsHash.sha256(LAYOUT, values));

            ParameterSpec bias = LAYOUT.parameters().get(1);
            values.put(bias.offset() + bias.size(), new float[] {1f});
            assertEquals(expected, WeightsHash.sha256(LAYOUT, values));
            values.put(bias.offset(), new float[] {-0f});
            assertNotEquals(expected, WeightsHash.sha256(LAYOUT, values));
        }
    }

    @Test
    void shouldRefuseVectorsOfAnotherLength() {
        try (NativeFloats values = NativeFloats.allocate(1)) {
            assertThrows(IllegalArgumentException.class, () -> WeightsHash.sha256(LAYOUT, values));
        }
    }
}
