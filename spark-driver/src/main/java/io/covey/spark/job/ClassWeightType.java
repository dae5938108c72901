package io.covey.spark.job;

import java.util.Map;
import java.util.TreeMap;

/** Keras' {@code class_weight}: a factor for each class that does not have 1. */
record ClassWeightType() implements Type<Map<Integer, Float>> {
    @Override
    public String label() {
        return "section of numbers";
    }

    @Override
    public Map<Integer, Float> read(YamlNode node, String path, Reading reading) {
        Map<Integer, Float> weights = new TreeMap<>();
        if (PlainValue.of(node) instanceof Map<?, ?> given) {
            for (Map.Entry<?, ?> entry : given.entrySet()) {
                String label = String.valueOf(entry.getKey());
                if (!label.matches("\\d{1,9}")
                        || !(entry.getValue() instanceof Number weight)
                        || !(weight.floatValue() >= 0)
                        || Float.isInfinite(weight.floatValue())) {
                    reading.problems()
                            .add(
                                    KeyPath.child(path, label),
                                    "is " + entry.getValue()
                                            + ", wanted a class from 0 and a number of at least 0 that float32 can hold");
                    return null;
                }
                if (weights.put(Integer.valueOf(label), weight.floatValue()) != null) {
                    reading.problems()
                            .add(KeyPath.child(path, label), "is class " + Integer.valueOf(label) + ", given twice");
                    return null;
                }
            }
            return weights;
        }
        reading.problems().add(path, "is " + node.shown() + ", wanted a section like {0: 1.0, 1: 5.0}");
        return null;
    }

    @Override
    public Object write(Map<Integer, Float> value, Form form) {
        return value;
    }
}
