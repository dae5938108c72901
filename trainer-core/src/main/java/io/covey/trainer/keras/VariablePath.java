package io.covey.trainer.keras;

import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.attention.GroupQueryAttention;
import io.covey.trainer.layers.rnn.TimeDistributed;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ModelLayer;
import io.covey.trainer.model.Node;
import io.covey.trainer.model.ParameterSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where Keras 3 keeps a variable in its weights files: as a numbered array in the group of the object that owns it. The path of
 * the group is made of attributes' names, and of class names for the layers of a model, whatever the layers' own names are.
 *
 * @param group for example {@code layers/lstm_1/cell/vars}
 * @param number from 0
 */
record VariablePath(String group, int number) {
    static final String LAYERS = "layers";
    static final String VARIABLES = "/vars";

    /** The one field of MultiHeadAttention that has no public name; GroupQueryAttention's fields have none. */
    private static final String WITHOUT_PROPERTY = "_gate_dense";

    /** The paths of all variables, in their order in the model. */
    static List<VariablePath> of(Model model) {
        Map<String, Integer> counts = new HashMap<>();
        List<VariablePath> paths = new ArrayList<>();
        Map<Node, String> groups = groups(model, "");
        for (Node node : model.nodes()) {
            for (ParameterSpec parameter : node.parameters()) {
                String[] attributes = parameter.checkpointKey().split("/", -1);
                String group = owner(node.layer(), groups.get(node), attributes, 1) + VARIABLES;
                paths.add(new VariablePath(group, counts.merge(group, 1, Integer::sum) - 1));
            }
        }
        return paths;
    }

    /** The group of each layer of a model that is in a group itself. */
    private static Map<Node, String> groups(Model model, String outer) {
        LayerGroups names = new LayerGroups(outer);
        Map<Node, String> groups = new HashMap<>();
        for (Node node : model.nodes()) {
            groups.put(node, names.next(node.layer().shownName()));
        }
        return groups;
    }

    /**
     * Follows the attributes that lead from a layer to one of its variables.
     *
     * @param attributes as in a TensorFlow checkpoint, where a model's layers go by their number among those with weights
     * @param next the first of them that is in the layer; the last is the variable
     */
    private static String owner(Layer layer, String group, String[] attributes, int next) {
        if (next == attributes.length - 1) {
            return group;
        }
        String attribute = attributes[next];
        if (layer instanceof ModelLayer inner) {
            int number = Integer.parseInt(attribute.substring(attribute.lastIndexOf('-') + 1));
            Node node = inner.model().nodes().stream()
                    .filter(each -> !each.parameters().isEmpty())
                    .toList()
                    .get(number);
            String path = groups(inner.model(), group + "/").get(node);
            return owner(node.layer(), path, attributes, next + 1);
        }
        Layer owner = layer instanceof TimeDistributed outer ? outer.layer() : layer;
        // Keras' files have attributes by their public names, if any, TensorFlow's checkpoints by those of the fields.
        boolean isWritten = !attribute.startsWith("_")
                || attribute.equals(WITHOUT_PROPERTY)
                || owner instanceof GroupQueryAttention;
        String name = isWritten ? attribute : attribute.substring(1);
        return owner(owner, group + "/" + name, attributes, next + 1);
    }
}
