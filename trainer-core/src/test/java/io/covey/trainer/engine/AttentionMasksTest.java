package io.covey.trainer.engine;

import io.covey.trainer.api.Layers;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.model.Model;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Masks beside MultiHeadAttention, which in Keras takes those of its inputs away; the numbers are in the golden cases. */
@Timeout(60)
class AttentionMasksTest {
    private final SymbolicTensor x = SymbolicTensor.input("x", List.of(4, 3));
    private final SymbolicTensor masked = layer("Masking", Map.of()).apply(x);

    private static Layer layer(String className, Map<String, Object> config) {
        return Layers.layer(className, config);
    }

    private static SymbolicTensor attention(SymbolicTensor query, SymbolicTensor value) {
        return layer("MultiHeadAttention", Map.of("num_heads", 2, "key_dim", 2)).apply(query, value);
    }

    private static SymbolicTensor dense(SymbolicTensor tensor) {
        return layer("Dense", Map.of("units", 3)).apply(tensor);
    }

    private static SymbolicTensor add(SymbolicTensor... tensors) {
        return layer("Add", Map.of()).apply(tensors);
    }

    private boolean isMasked(SymbolicTensor output) {
        return OutputMasks.reachOutputs(Model.functional("m", List.of(x), List.of(output)));
    }

    @Test
    void shouldKeepTheMaskOfTheQueryWhenAttentionIsTheOutput() {
        assertTrue(isMasked(attention(masked, masked)));
    }

    @Test
    void shouldLoseTheMaskWhenAttentionIsAddedToItsQuery() {
        assertFalse(isMasked(add(masked, attention(masked, masked))));
        assertFalse(isMasked(dense(add(attention(masked, x), masked))));
    }

    @Test
    void shouldKeepTheMaskWhenABranchOfTheSameDepthComesFirst() {
        assertTrue(isMasked(add(dense(masked), attention(masked, masked))));
        assertFalse(isMasked(add(attention(masked, masked), dense(masked))));
    }

    @Test
    void shouldLoseTheMaskWhenABranchIsNearerToTheOutputs() {
        assertFalse(isMasked(add(dense(masked), dense(attention(masked, masked)))));
    }

    @Test
    void shouldFindTheMaskInTheGraphWhenALayerTakesItAsAnArgument() {
        SymbolicTensor added = add(masked, attention(masked, masked));
        Layer recurrent = layer("GRU", Map.of("units", 2, "return_sequences", true));
        assertTrue(isMasked(recurrent.apply(added)));
    }
}
