package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.activations.Activation;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.DeadNodes;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.testing.NpyFile;
import java.util.ArrayList;
import java.util.List;

/** Cases of kind dead_nodes: a stack of Dense layers, relu but for the last. */
final class DeadNodesChecks {
    private DeadNodesChecks() {}

    static void verify(GoldenCase golden, Checks checks) {
        golden.skip("note");
        NpyFile x = golden.array(golden.get("x"));
        JsonNode weights = golden.get("weights");
        JsonNode expected = golden.get("layers");
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            int units = golden.array(weights.get(2 * i + 1)).elements();
            Activation activation = i == expected.size() - 1 ? Activation.LINEAR : Activation.RELU;
            layers.add(new Dense(units, activation)
                    .named(expected.get(i).path("layer").asText()));
        }
        Model model =
                Model.sequential("dead_nodes", x.shape().subList(1, x.shape().size()), layers);
        int rows = x.shape().get(0);
        SampleBlock samples =
                new SampleBlock(rows, List.of(new Column.Floats(x.elements() / rows, x.floats())), List.of(), null);
        try (NativeFloats parameters = NativeFloats.allocate(model.layout().length())) {
            for (int i = 0; i < weights.size(); i++) {
                parameters.put(
                        model.layout().parameters().get(i).offset(),
                        golden.array(weights.get(i)).floats());
            }
            List<DeadNodes> found = DeadNodes.find(model, parameters, samples);
            checks.equal("number of layers", expected.size(), found.size());
            for (int i = 0; i < expected.size(); i++) {
                layer(expected.get(i), found.get(i), checks);
            }
        }
    }

    private static void layer(JsonNode expected, DeadNodes found, Checks checks) {
        String name = expected.path("layer").asText();
        checks.equal("layer", name, found.layer());
        checks.equal(name + " zero_weight_nodes", ints(expected.path("zero_weight_nodes")), found.zeroWeightNodes());
        checks.equal(
                name + " zero_weight_and_bias_nodes",
                ints(expected.path("zero_weight_and_bias_nodes")),
                found.zeroWeightAndBiasNodes());
        checks.equal(name + " never_active", ints(expected.path("never_active")), found.neverActive());
        checks.close(name + " zero_fraction", expected.path("zero_fraction").asDouble(), found.zeroFraction(), 0);
    }

    private static List<Integer> ints(JsonNode list) {
        List<Integer> values = new ArrayList<>();
        list.forEach(value -> values.add(value.asInt()));
        return values;
    }
}
