package io.covey.trainer.keras;

import io.covey.trainer.CoveyException;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/** An HDF5 file as Keras writes them: groups, arrays of numbers, texts as attributes. Not thread-safe. */
final class Hdf5File implements AutoCloseable {
    private final String name;
    private final HdfFile file;

    /**
     * Opens a file.
     *
     * @param name of it, for messages
     * @throws CoveyException a caller's error when it is not HDF5
     */
    Hdf5File(Path path, String name) {
        this.name = name;
        this.file = reading(() -> new HdfFile(path));
    }

    /** Whatever a damaged file makes the library throw means that the file is damaged. */
    private <T> T reading(Supplier<T> read) {
        try {
            return read.get();
        } catch (CoveyException e) {
            throw e;
        } catch (RuntimeException e) {
            throw CoveyException.caller(
                    name + " cannot be read as HDF5, it is damaged or incomplete: " + e.getMessage()
                            + "; save or copy it once more",
                    e);
        }
    }

    /** The name of the file. */
    String name() {
        return name;
    }

    /** Whether there is a group at this path; the root's is empty. */
    boolean hasGroup(String path) {
        return group(path) != null;
    }

    /** Whether there is an array of this shape at this path. */
    boolean hasArray(String path, List<Integer> shape) {
        return node(path) instanceof Dataset dataset && shape(dataset).equals(shape);
    }

    /** Names in a group; none if there is no such group. */
    SortedSet<String> names(String path) {
        Group group = group(path);
        return group == null
                ? new TreeSet<>()
                : reading(() -> new TreeSet<>(group.getChildren().keySet()));
    }

    /** @return null when there is none */
    private Group group(String path) {
        return node(path) instanceof Group group ? group : null;
    }

    private Node node(String path) {
        return reading(() -> {
            Node node = file;
            for (String step : path.split("/", -1)) {
                if (!step.isEmpty()) {
                    node = node instanceof Group group ? group.getChildren().get(step) : null;
                }
                if (node != null && node.isLink()) {
                    throw CoveyException.caller(name + ": " + path + " is a link, Keras writes none");
                }
            }
            return node;
        });
    }

    /**
     * The text of an attribute.
     *
     * @return null when there is none
     */
    String text(String path, String attribute) {
        List<String> texts = attribute(path, attribute);
        return texts == null || texts.isEmpty() ? null : texts.get(0);
    }

    /**
     * The texts of an attribute, which Keras cuts into numbered ones, from 0, when they are long.
     *
     * @return null when there is none
     */
    List<String> texts(String path, String attribute) {
        List<String> texts = attribute(path, attribute);
        if (texts != null) {
            return texts;
        }
        List<String> all = attribute(path, attribute + 0);
        for (int part = 1; all != null; part++) {
            List<String> more = attribute(path, attribute + part);
            if (more == null) {
                return all;
            }
            all.addAll(more);
        }
        return null;
    }

    private List<String> attribute(String path, String attribute) {
        Node node = node(path);
        return reading(() -> {
            Attribute found = node == null ? null : node.getAttributes().get(attribute);
            if (found == null) {
                return null;
            }
            List<String> texts = new ArrayList<>();
            // Keras writes an empty list as one of numbers.
            if (found.getSize() > 0) {
                addTexts(found.getData(), texts);
            }
            return texts;
        });
    }

    private static void addTexts(Object data, List<String> texts) {
        if (data != null && data.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(data); i++) {
                addTexts(Array.get(data, i), texts);
            }
        } else {
            texts.add(String.valueOf(data));
        }
    }

    /**
     * The numbers of an array.
     *
     * @param variable that they are for, for messages
     * @throws CoveyException a caller's error when they are missing, of another shape or no numbers
     */
    float[] floats(String path, String variable, List<Integer> shape) {
        Dataset dataset = dataset(path, variable);
        List<Integer> found = shape(dataset);
        if (!found.equals(shape)) {
            throw CoveyException.caller(name + ": " + path + " has shape " + found + ", the model's " + variable
                    + " has " + shape + ": the file is of another model");
        }
        return floats(dataset, variable);
    }

    /** The same of any shape. */
    float[] floats(String path, String variable) {
        return floats(dataset(path, variable), variable);
    }

    /**
     * A whole number.
     *
     * @param variable that it is for, for messages
     * @throws CoveyException a caller's error when it is missing or another thing
     */
    long integer(String path, String variable) {
        Dataset dataset = dataset(path, variable);
        Object data = reading(() -> dataset.isScalar() ? dataset.getData() : null);
        if (data instanceof Long || data instanceof Integer) {
            return ((Number) data).longValue();
        }
        throw CoveyException.caller(name + ": " + dataset.getPath() + ", for " + variable + ", is no whole number");
    }

    private float[] floats(Dataset dataset, String variable) {
        Object data = reading(() -> dataset.isScalar() ? new Object[] {dataset.getData()} : dataset.getDataFlat());
        if (data instanceof float[] floats) {
            return floats;
        }
        float[] floats = new float[Array.getLength(data)];
        for (int i = 0; i < floats.length; i++) {
            if (!(Array.get(data, i) instanceof Number number)) {
                throw CoveyException.caller(
                        name + ": " + dataset.getPath() + ", for " + variable + ", is no array of numbers");
            }
            floats[i] = number.floatValue();
        }
        return floats;
    }

    private Dataset dataset(String path, String variable) {
        if (node(path) instanceof Dataset dataset) {
            return dataset;
        }
        throw CoveyException.caller(
                name + " has no " + path + " for the model's " + variable + ": the file is of another model");
    }

    private List<Integer> shape(Dataset dataset) {
        return reading(() -> Arrays.stream(dataset.getDimensions()).boxed().toList());
    }

    @Override
    public void close() {
        file.close();
    }
}
