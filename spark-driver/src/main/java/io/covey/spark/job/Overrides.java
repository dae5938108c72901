package io.covey.spark.job;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Options {@code --set key.path=value}, put into the tree of a job file before it is read. Later ones win. */
final class Overrides {
    /** An option that names no key of the schema, or one that the file's layers do not have. */
    private static final class BadPathException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String path;

        private BadPathException(String path, String message) {
            super(message);
            this.path = path;
        }
    }

    /** In place of an element's number: all elements that the rest of the path fits. */
    private static final String EVERY = "*";

    private final Origin origin;
    private final YamlNode value;

    private Overrides(Origin origin, YamlNode value) {
        this.origin = origin;
        this.value = value;
    }

    /**
     * The tree with the options put in.
     *
     * @param assignments {@code key.path=value}, the value in YAML; elements of lists by number from 0, or {@code *} for all
     *     that the rest of the path fits
     */
    static YamlNode apply(YamlNode root, List<String> assignments, Problems problems) {
        YamlNode result = root;
        for (String assignment : assignments) {
            Origin origin = Origin.option(assignment);
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                problems.add(origin, "", "wanted key=value, for example fit.epochs=2");
                continue;
            }
            String path = assignment.substring(0, equals).strip();
            int before = problems.count();
            YamlNode value = YamlText.compose(assignment.substring(equals + 1), line -> origin, path, problems);
            if (problems.count() > before) {
                continue;
            }
            if (value == null) {
                value = new YamlNode.Scalar("", false, origin);
            }
            try {
                Deque<String> segments = new ArrayDeque<>(Arrays.asList(path.split("\\.", -1)));
                result = new Overrides(origin, value).put(JobSchema.JOB, result, "", segments);
            } catch (BadPathException e) {
                problems.add(origin, e.path, e.getMessage());
            }
        }
        return result;
    }

    /** {@code node}, which is of {@code type} and stands at {@code path}, with the value at the {@code rest} of the path. */
    private YamlNode put(Type<?> type, YamlNode node, String path, Deque<String> rest) throws BadPathException {
        if (rest.isEmpty()) {
            return value;
        }
        String segment = rest.removeFirst();
        String child = KeyPath.child(path, segment);
        if (type instanceof Section<?> section) {
            Key<?, ?> key = section.key(segment);
            if (key == null) {
                throw new BadPathException(child, section.unknown(segment));
            }
            return putEntry(key.type(), mapping(node, path), segment, child, rest);
        }
        if (type instanceof NamedType) {
            return rest.isEmpty()
                    ? options(node, segment, path).with(segment, new YamlNode.Entry(origin, value))
                    : putArgument(options(node, segment, path), segment, child, rest);
        }
        if (type instanceof ClassWeightType) {
            if (!rest.isEmpty()) {
                throw single(KeyPath.child(child, rest.getFirst()), child);
            }
            return mapping(node, path).with(segment, new YamlNode.Entry(origin, value));
        }
        if (type instanceof OneOrMany<?> either) {
            rest.addFirst(segment);
            return put(
                    node instanceof YamlNode.Sequence
                            ? either.list()
                            : either.list().element(),
                    node,
                    path,
                    rest);
        }
        if (type instanceof ListType<?> list) {
            return putItem(list, node, segment, path, rest);
        }
        throw single(child, path);
    }

    private static BadPathException single(String child, String path) {
        return new BadPathException(child, "unknown key; " + path + " has a single value");
    }

    private YamlNode putEntry(Type<?> type, YamlNode.Mapping mapping, String name, String path, Deque<String> rest)
            throws BadPathException {
        YamlNode.Entry entry = mapping.entries().get(name);
        Origin keyOrigin = entry == null || rest.isEmpty() ? origin : entry.origin();
        YamlNode child = put(type, entry == null ? null : entry.value(), path, rest);
        return mapping.with(name, new YamlNode.Entry(keyOrigin, child));
    }

    /** An argument may hold a section of its own, whose keys are not known here. */
    private YamlNode putArgument(YamlNode.Mapping mapping, String name, String path, Deque<String> rest)
            throws BadPathException {
        YamlNode.Entry entry = mapping.entries().get(name);
        YamlNode.Mapping arguments = mapping(entry == null ? null : entry.value(), path);
        String argument = rest.removeFirst();
        YamlNode changed = rest.isEmpty()
                ? arguments.with(argument, new YamlNode.Entry(origin, value))
                : putArgument(arguments, argument, KeyPath.child(path, argument), rest);
        return mapping.with(name, new YamlNode.Entry(entry == null ? origin : entry.origin(), changed));
    }

    private YamlNode putItem(ListType<?> list, YamlNode node, String segment, String path, Deque<String> rest)
            throws BadPathException {
        if (segment.equals(EVERY)) {
            return putEvery(list, node, path, rest);
        }
        int size = node instanceof YamlNode.Sequence sequence ? sequence.items().size() : 0;
        int index = segment.matches("\\d{1,9}") ? Integer.parseInt(segment) : -1;
        if (index < 0 || index >= size) {
            String range = size == 0 ? "it has no elements" : "its elements are 0 to " + (size - 1);
            throw new BadPathException(KeyPath.child(path, segment), "is no element of the list; " + range);
        }
        YamlNode.Sequence sequence = (YamlNode.Sequence) node;
        YamlNode item = sequence.items().get(index);
        return sequence.with(index, put(list.element(), item, KeyPath.child(path, segment), rest));
    }

    private YamlNode putEvery(ListType<?> list, YamlNode node, String path, Deque<String> rest)
            throws BadPathException {
        BadPathException misfit =
                new BadPathException(KeyPath.child(path, EVERY), "is no element of the list; it has no elements");
        List<YamlNode> items = node instanceof YamlNode.Sequence sequence ? sequence.items() : List.of();
        YamlNode changed = node;
        boolean fits = false;
        for (int i = 0; i < items.size(); i++) {
            String child = KeyPath.child(path, String.valueOf(i));
            try {
                YamlNode item = put(list.element(), items.get(i), child, new ArrayDeque<>(rest));
                changed = ((YamlNode.Sequence) changed).with(i, item);
                fits = true;
            } catch (BadPathException e) {
                misfit = e;
            }
        }
        if (!fits) {
            throw misfit;
        }
        return changed;
    }

    private YamlNode.Mapping mapping(YamlNode node, String path) throws BadPathException {
        if (YamlNode.isAbsent(node)) {
            return YamlNode.Mapping.empty(origin);
        }
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        throw new BadPathException(path, "is " + node.shown() + " in the job file, no section");
    }

    /** The one-key section of a choice; {@code NAME} alone becomes {@code {NAME: {}}}. */
    private YamlNode.Mapping options(YamlNode node, String name, String path) throws BadPathException {
        if (node instanceof YamlNode.Scalar scalar && !scalar.isNull()) {
            if (!scalar.text().equals(name)) {
                throw new BadPathException(path, "is " + scalar.shown() + " in the job file, not " + name);
            }
            return YamlNode.Mapping.empty(node.origin());
        }
        YamlNode.Mapping mapping = mapping(node, path);
        if (!mapping.entries().isEmpty() && !mapping.entries().containsKey(name)) {
            throw new BadPathException(
                    path, "is " + String.join(", ", mapping.entries().keySet()) + " in the job file, not " + name);
        }
        return mapping;
    }
}
