package io.covey.spark.job;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Turns YAML text into {@link YamlNode}s. Anchors and aliases work; one that holds itself is refused. */
final class YamlText {
    private final IntFunction<Origin> originOfLine;
    private final Problems problems;
    private final IdentityHashMap<Node, YamlNode> converted = new IdentityHashMap<>();

    private YamlText(IntFunction<Origin> originOfLine, Problems problems) {
        this.originOfLine = originOfLine;
        this.problems = problems;
    }

    /**
     * Composes one document.
     *
     * @param originOfLine origin of a line, counted from 1
     * @param path of the document's root, for messages
     * @return null if the document is empty or, with a problem added, not YAML
     */
    static YamlNode compose(String text, IntFunction<Origin> originOfLine, String path, Problems problems) {
        Node root;
        try {
            root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
            String context = e.getContext() == null ? "" : " " + e.getContext();
            problems.add(
                    originOfLine.apply(mark == null ? 1 : mark.getLine() + 1),
                    path,
                    "is not YAML: " + e.getProblem() + context);
            return null;
        } catch (RuntimeException e) {
            // A few malformed texts end in other exceptions: of an escape, a directive or a limit of the parser.
            problems.add(originOfLine.apply(1), path, "is not YAML: " + firstLine(e));
            return null;
        }
        return root == null ? null : new YamlText(originOfLine, problems).convert(root, path);
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }

    private YamlNode convert(Node node, String path) {
        YamlNode known = converted.get(node);
        if (known != null) {
            return known;
        }
        if (converted.containsKey(node)) {
            problems.add(originOf(node), path, "holds itself: an alias must not stand inside of its anchor");
            return new YamlNode.Scalar("", false, originOf(node));
        }
        converted.put(node, null);
        YamlNode result;
        if (node instanceof ScalarNode scalar) {
            result = new YamlNode.Scalar(scalar.getValue(), !scalar.isPlain(), originOf(node));
        } else if (node instanceof SequenceNode sequence) {
            result = sequence(sequence, path);
        } else {
            result = mapping((MappingNode) node, path);
        }
        converted.put(node, result);
        return result;
    }

    private YamlNode sequence(SequenceNode node, String path) {
        List<YamlNode> items = new ArrayList<>();
        for (Node item : node.getValue()) {
            items.add(convert(item, KeyPath.child(path, String.valueOf(items.size()))));
        }
        return new YamlNode.Sequence(items, originOf(node));
    }

    private YamlNode mapping(MappingNode node, String path) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Origin keyOrigin = originOf(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(keyOrigin, path, "a key must be a name, this one is a list or a section");
                continue;
            }
            String name = key.getValue();
            YamlNode.Entry entry =
                    new YamlNode.Entry(keyOrigin, convert(tuple.getValueNode(), KeyPath.child(path, name)));
            YamlNode.Entry first = entries.putIfAbsent(name, entry);
            if (first != null) {
                problems.add(keyOrigin, KeyPath.child(path, name), "is given twice, first at " + first.origin());
            }
        }
        return new YamlNode.Mapping(entries, originOf(node));
    }

    private Origin originOf(Node node) {
        return originOfLine.apply(node.getStartMark().getLine() + 1);
    }
}
