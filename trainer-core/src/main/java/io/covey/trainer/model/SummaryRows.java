package io.covey.trainer.model;

import io.covey.trainer.layers.core.InputLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a summary says about each layer. */
final class SummaryRows {
    private final Model model;
    private final Map<Value, String> names = new HashMap<>();
    private final boolean isStack;
    /** Of each tensor, 0 for any: that of an input, or of what it is made of. */
    private final Map<Value, Integer> batchSizes = new HashMap<>();

    SummaryRows(Model model) {
        this.model = model;
        Map<Value, Integer> readers = new HashMap<>();
        boolean chain = model.inputs().size() == 1;
        for (Node node : model.nodes()) {
            chain &= node.calls().size() == 1;
            for (int call = 0; call < node.calls().size(); call++) {
                List<Value> inputs = node.calls().get(call).inputs();
                List<Value> outputs = node.calls().get(call).outputs();
                chain &= inputs.size() <= 1;
                inputs.forEach(value -> readers.merge(value, 1, Integer::sum));
                for (int i = 0; i < outputs.size(); i++) {
                    names.put(outputs.get(i), node.name() + "[" + call + "][" + i + "]");
                }
            }
        }
        for (Model.Step step : model.steps()) {
            int size = step.node().layer() instanceof InputLayer input
                    ? input.batchSize()
                    : step.call().inputs().stream()
                            .mapToInt(batchSizes::get)
                            .max()
                            .orElse(0);
            step.call().outputs().forEach(value -> batchSizes.put(value, size));
        }
        isStack = model.operations().isEmpty()
                && (model.kind() == Model.Kind.SEQUENTIAL
                        || (chain && readers.values().stream().allMatch(count -> count == 1)));
    }

    /** Whether the layers follow each other one by one, so that the table needs no connections. */
    boolean isStack() {
        return isStack;
    }

    /** The layers of the table: a Sequential's input is none. */
    List<Node> nodes() {
        return model.nodes().stream()
                .filter(node -> model.kind() == Model.Kind.FUNCTIONAL || !(node.layer() instanceof InputLayer))
                .toList();
    }

    static String title(Node node) {
        return node.name() + " (" + node.layer().shownName() + ")";
    }

    /** The tensors that a layer reads, as name[call][output]. */
    List<String> connections(Node node) {
        List<String> connections = new ArrayList<>();
        for (Node.Call call : node.calls()) {
            call.inputs().forEach(value -> connections.add(names.get(value)));
        }
        return connections;
    }

    String keras2Shape(Node node) {
        List<String> shapes = node.calls().stream().map(this::shapes).distinct().toList();
        if (shapes.size() > 1) {
            return "multiple";
        }
        return node.layer() instanceof InputLayer ? "[" + shapes.get(0) + "]" : shapes.get(0);
    }

    /** Of a shared layer the last call counts. */
    String keras3Shape(Node node) {
        return shapes(node.calls().get(node.calls().size() - 1));
    }

    private String shapes(Node.Call call) {
        List<Value> outputs = call.outputs();
        return outputs.size() == 1
                ? shape(outputs.get(0))
                : outputs.stream().map(this::shape).collect(Collectors.joining(", ", "[", "]"));
    }

    private String shape(Value value) {
        return shape(batchSizes.get(value), value.shape());
    }

    /** @param batchSize 0 for any */
    static String shape(int batchSize, List<Integer> withoutBatch) {
        String batch = "(" + (batchSize == 0 ? "None" : batchSize) + ",";
        return withoutBatch.isEmpty()
                ? batch + ")"
                : withoutBatch.stream().map(String::valueOf).collect(Collectors.joining(", ", batch + " ", ")"));
    }
}
