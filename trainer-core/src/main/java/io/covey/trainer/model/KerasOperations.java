package io.covey.trainer.model;

import io.covey.trainer.layers.LayerTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The operations beside the layers in the JSON of a functional model of Keras 3, for its summary. */
final class KerasOperations {
    private static final String MODULE = "keras.src.ops";

    /** The operation among those of masks that is called as a layer. */
    private static final String CONCATENATE = "Concatenate";

    private KerasOperations() {}

    /** Whether an entry among a model's layers is an operation. HDF5 files do not say where a class comes from. */
    static boolean isOperation(Map<String, Object> written) {
        if (written.containsKey("module")) {
            return String.valueOf(written.get("module")).startsWith(MODULE);
        }
        return written.get("config") instanceof Map<?, ?> config
                && written.get("inbound_nodes") instanceof List<?> nodes
                && !nodes.isEmpty()
                && nodes.get(0) instanceof Map<?, ?> node
                && node.containsKey("args")
                && !isLayer(String.valueOf(written.get("class_name")), config);
    }

    /** Most layers' arguments tell whether they are trainable, those of spatial dropouts and of some users' own do not. */
    private static boolean isLayer(String className, Map<?, ?> config) {
        boolean known = LayerTypes.isKnown(className) && !className.equals(CONCATENATE);
        return known || config.containsKey("trainable") || config.containsKey("layers");
    }

    /** All layers and operations in their order; empty if there is no operation. */
    static List<GraphRow> rows(List<Map<String, Object>> layers) {
        if (layers.stream().noneMatch(KerasOperations::isOperation)) {
            return List.of();
        }
        Map<String, List<Integer>> shapes = new HashMap<>();
        List<GraphRow> rows = new ArrayList<>();
        for (Map<String, Object> layer : layers) {
            List<String> connections = new ArrayList<>();
            collect(layer.get("inbound_nodes"), connections, shapes);
            String className = isOperation(layer) ? String.valueOf(layer.get("class_name")) : null;
            rows.add(new GraphRow(String.valueOf(layer.get("name")), className, List.of(), connections));
        }
        // The shape of a result is written where it is read.
        rows.replaceAll(row -> new GraphRow(
                row.name(), row.className(), shapes.getOrDefault(row.name(), List.of()), row.connections()));
        return rows;
    }

    private static void collect(Object written, List<String> connections, Map<String, List<Integer>> shapes) {
        if (written instanceof List<?> list) {
            list.forEach(each -> collect(each, connections, shapes));
        } else if (written instanceof Map<?, ?> map) {
            if (map.get("config") instanceof Map<?, ?> config
                    && config.get("keras_history") instanceof List<?> history
                    && config.get("shape") instanceof List<?> shape) {
                connections.add(history.get(0) + "[" + history.get(1) + "][" + history.get(2) + "]");
                shapes.put(
                        String.valueOf(history.get(0)),
                        shape.stream()
                                .skip(1)
                                .map(size -> ((Number) size).intValue())
                                .toList());
            } else {
                // Python's tree of arguments is in the order of their names.
                Map<String, Object> sorted = new TreeMap<>();
                map.forEach((name, value) -> sorted.put(String.valueOf(name), value));
                sorted.values().forEach(value -> collect(value, connections, shapes));
            }
        }
    }
}
