package io.covey.trainer.layers;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.core.InputLayer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Right and wrong arguments of every layer and what Keras 3.15 made of them: the output's shape, or null where it refused.
 * Where Covey departs from it, the case says what it does, {@code here}, and why.
 */
@Timeout(60)
class LayerArgumentsTest {
    /** One layer and its inputs' shapes without the batch axis. */
    private record Case(
            String layer,
            Map<String, Object> args,
            List<List<Integer>> shapes,
            List<Integer> keras,
            List<Integer> here,
            String because) {
        List<Integer> expected() {
            return because == null ? keras : here;
        }
    }

    private static List<Case> cases() throws IOException {
        try (InputStream in = LayerArgumentsTest.class.getResourceAsStream("/keras/layer_arguments.json")) {
            return new ObjectMapper().readValue(in, new TypeReference<List<Case>>() {});
        }
    }

    private static List<Integer> outputShape(Case each) {
        Layer layer = LayerTypes.create(each.layer(), each.args());
        if (layer instanceof InputLayer input) {
            return input.shape();
        }
        List<List<Integer>> outputs = layer.outputShapes(each.shapes());
        layer.weights(each.shapes());
        return outputs.get(0);
    }

    @Test
    void shouldInferKerasShapesAndRefuseWhatKerasRefuses() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Case each : cases()) {
            List<Integer> actual = null;
            String refusal = "";
            try {
                actual = outputShape(each);
            } catch (CoveyException e) {
                refusal = e.getMessage();
                assertEquals(CoveyException.Category.CALLER, e.category(), each + " " + refusal);
            }
            if (!Objects.equals(each.expected(), actual)) {
                wrong.add(each + " gives " + actual + " " + refusal);
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void shouldNameWhatIsWrongWhenItRefuses() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Case each : cases()) {
            try {
                outputShape(each);
            } catch (CoveyException e) {
                // The layer, or what was given as one of its arguments.
                String given = (each.layer() + each.args()).toLowerCase(Locale.ROOT);
                String named = e.getMessage().split("[: ]", 2)[0].toLowerCase(Locale.ROOT);
                if (!given.contains(named)) {
                    wrong.add(each + ": " + e.getMessage());
                }
            }
        }
        assertEquals(List.of(), wrong);
    }
}
