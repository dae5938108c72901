package io.covey.trainer.golden;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.CoveyException;
import io.covey.trainer.initializers.Initializer;
import io.covey.trainer.initializers.Initializers;
import io.covey.trainer.layers.LayerTypes;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Default initializers of layers, and the names of initializers. */
final class LayerDefaultsChecks {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INITIALIZER = "_initializer";

    /** What has no default in Keras. */
    private static final List<String> REQUIRED =
            List.of("units", "filters", "kernel_size", "input_dim", "output_dim", "num_heads", "key_dim");

    private final GoldenCase golden;
    private final Checks checks;

    LayerDefaultsChecks(GoldenCase golden, Checks checks) {
        this.golden = golden;
        this.checks = checks;
    }

    void run() {
        golden.skip("what");
        Iterator<Map.Entry<String, JsonNode>> layers = golden.get("layers").fields();
        while (layers.hasNext()) {
            Map.Entry<String, JsonNode> layer = layers.next();
            Map<String, Object> config = JSON.convertValue(layer.getValue(), new TypeReference<>() {});
            Map<String, Object> required = config.entrySet().stream()
                    .filter(entry -> REQUIRED.contains(entry.getKey()))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            layer(layer.getKey(), required, config);
            layer(layer.getKey(), config, config);
        }
        Iterator<Map.Entry<String, JsonNode>> strings = golden.get("strings").fields();
        while (strings.hasNext()) {
            Map.Entry<String, JsonNode> name = strings.next();
            checks.equal(
                    name.getKey(),
                    name.getValue().asText(),
                    Initializers.of("initializer", name.getKey()).className());
        }
        golden.get("invalid")
                .fieldNames()
                .forEachRemaining(name -> checks.equal(name + " is refused", true, refuses(name)));
    }

    private static boolean refuses(String name) {
        try {
            Initializers.of("initializer", name);
            return false;
        } catch (CoveyException e) {
            return e.getMessage().contains(name);
        }
    }

    private void layer(String className, Map<String, Object> given, Map<String, Object> config) {
        Map<String, Object> found =
                LayerTypes.create(className, given).arguments().values();
        for (Map.Entry<String, Object> entry : config.entrySet()) {
            if (entry.getKey().endsWith(INITIALIZER)) {
                checks.equal(className + " " + entry.getKey(), text(entry.getValue()), text(found.get(entry.getKey())));
            }
        }
    }

    private static String text(Object initializer) {
        if (initializer instanceof Initializer made) {
            return made.className() + numbers(made.config());
        }
        if (initializer instanceof Map<?, ?> written) {
            return written.get("class_name").toString() + numbers((Map<?, ?>) written.get("config"));
        }
        return String.valueOf(initializer);
    }

    private static Map<String, Double> numbers(Map<?, ?> config) {
        Map<String, Double> numbers = new HashMap<>();
        config.forEach((name, value) -> {
            if (value instanceof Number number && !name.equals("seed")) {
                numbers.put(String.valueOf(name), number.doubleValue());
            }
        });
        return numbers;
    }
}
