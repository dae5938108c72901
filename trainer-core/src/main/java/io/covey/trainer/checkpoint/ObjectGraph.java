package io.covey.trainer.checkpoint;

import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The graph by which {@code tf.train.Checkpoint.restore} and Keras 2's {@code load_weights} find variables
 * (TensorFlow's {@code TrackableObjectGraph}): the model's own variables from the root, {@code optimizer} with its slots, and
 * {@code save_counter}.
 */
final class ObjectGraph {
    private static final int NODES = 1;
    /** TrackableObject. */
    private static final int CHILDREN = 1;

    private static final int ATTRIBUTES = 2;
    private static final int SLOT_VARIABLES = 3;
    private static final int HAS_CHECKPOINT_VALUES = 5;

    private final List<Node> nodes = new ArrayList<>();

    private ObjectGraph() {}

    /** An object that TensorFlow tracks; a variable if it has a key. */
    private static final class Node {
        private final int id;
        private final Map<String, Node> children = new LinkedHashMap<>();
        private final WireWriter slotVariables = new WireWriter();
        private String key = "";
        private String fullName = "";

        Node(int id) {
            this.id = id;
        }

        void hold(String newKey, String newFullName) {
            key = newKey;
            fullName = newFullName;
        }

        WireWriter encode() {
            WireWriter node = new WireWriter();
            children.forEach((name, child) -> node.messageField(
                    CHILDREN, new WireWriter().varintField(1, child.id).stringField(2, name)));
            if (!key.isEmpty()) {
                node.messageField(
                        ATTRIBUTES,
                        new WireWriter()
                                .stringField(1, "VARIABLE_VALUE")
                                .stringField(2, fullName)
                                .stringField(3, key));
            }
            return node.append(slotVariables).messageField(HAS_CHECKPOINT_VALUES, new WireWriter().varintField(1, 1));
        }
    }

    /** The serialized graph of a training checkpoint. */
    static byte[] encode(ParameterLayout layout, List<String> slotNames) {
        ObjectGraph graph = new ObjectGraph();
        Node root = graph.newNode();
        List<Node> variables = graph.variables(root, layout);
        Node optimizer = graph.descendant(root, "optimizer");
        graph.descendant(optimizer, "iter").hold(CheckpointKeys.OPTIMIZER_ITERATIONS, "iter");
        for (String slot : slotNames) {
            for (int i = 0; i < variables.size(); i++) {
                ParameterSpec parameter = layout.parameters().get(i);
                Node node = graph.newNode();
                node.hold(CheckpointKeys.slot(parameter, slot), parameter.path() + "/" + slot);
                optimizer.slotVariables.messageField(
                        SLOT_VARIABLES,
                        new WireWriter()
                                .varintField(1, variables.get(i).id)
                                .stringField(2, slot)
                                .varintField(3, node.id));
            }
        }
        return graph.encode(root);
    }

    /** The serialized graph of a model without an optimizer. */
    static byte[] encodeWeights(ParameterLayout layout) {
        ObjectGraph graph = new ObjectGraph();
        Node root = graph.newNode();
        graph.variables(root, layout);
        return graph.encode(root);
    }

    private List<Node> variables(Node root, ParameterLayout layout) {
        List<Node> variables = new ArrayList<>();
        for (ParameterSpec parameter : layout.parameters()) {
            Node variable = descendant(root, parameter.checkpointKey());
            variable.hold(CheckpointKeys.parameter(parameter), parameter.path());
            variables.add(variable);
        }
        return variables;
    }

    private byte[] encode(Node root) {
        descendant(root, "save_counter").hold(CheckpointKeys.SAVE_COUNTER, "save_counter");
        WireWriter message = new WireWriter();
        nodes.forEach(node -> message.messageField(NODES, node.encode()));
        return message.toByteArray();
    }

    private Node newNode() {
        Node node = new Node(nodes.size());
        nodes.add(node);
        return node;
    }

    /** The object at {@code path} below {@code from}; the ones on the way are made if they are new. */
    private Node descendant(Node from, String path) {
        Node node = from;
        for (String name : path.split("/", -1)) {
            Node child = node.children.get(name);
            if (child == null) {
                child = newNode();
                node.children.put(name, child);
            }
            node = child;
        }
        return node;
    }
}
