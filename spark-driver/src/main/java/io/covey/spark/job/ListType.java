package io.covey.spark.job;

import java.util.ArrayList;
import java.util.List;

/**
 * A list of values of one type.
 *
 * @param minimum least number of elements
 * @param example for messages
 */
record ListType<E>(Type<E> element, int minimum, String example) implements Type<List<E>> {
    @Override
    public String label() {
        return "list of " + element.label();
    }

    @Override
    public List<E> read(YamlNode node, String path, Reading reading) {
        if (!(node instanceof YamlNode.Sequence sequence) || sequence.items().size() < minimum) {
            String shown = node instanceof YamlNode.Sequence ? "too short" : node.shown();
            reading.problems().add(path, "is " + shown + ", wanted a list like " + example);
            return null;
        }
        List<E> values = new ArrayList<>();
        boolean complete = true;
        for (YamlNode item : sequence.items()) {
            String itemPath = KeyPath.child(path, String.valueOf(values.size()));
            reading.problems().locate(itemPath, item.origin());
            E value = element.read(item, itemPath, reading);
            complete &= value != null;
            values.add(value);
        }
        return complete ? List.copyOf(values) : null;
    }

    @Override
    public Object write(List<E> value, Form form) {
        List<Object> written = new ArrayList<>();
        value.forEach(v -> written.add(element.write(v, form)));
        return written;
    }
}
