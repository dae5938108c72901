package io.covey.spark.job;

import java.util.List;

/**
 * A list that may be written without brackets when it has one element.
 *
 * @param list the list's type
 */
record OneOrMany<E>(ListType<E> list) implements Type<List<E>> {
    @Override
    public String label() {
        return list.element().label() + " or list of them";
    }

    @Override
    public List<E> read(YamlNode node, String path, Reading reading) {
        if (node instanceof YamlNode.Sequence) {
            return list.read(node, path, reading);
        }
        E only = list.element().read(node, path, reading);
        return only == null ? null : List.of(only);
    }

    @Override
    public Object write(List<E> value, Form form) {
        return value.size() == 1 ? list.element().write(value.get(0), form) : list.write(value, form);
    }
}
