package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.IdxFile;
import io.covey.trainer.data.IdxFiles;
import io.covey.trainer.data.SampleBlock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Samples in memory, with their targets and weights: what Keras' methods take as {@code x}, {@code y} and {@code sample_weight}.
 * Immutable.
 */
public final class Dataset {
    private final SampleBlock block;
    private final RowShapes shapes;
    private final double scale;

    private Dataset(SampleBlock block, RowShapes shapes, double scale) {
        this.block = block;
        this.shapes = shapes;
        this.scale = scale;
    }

    /** Samples without targets, to predict for. The first axis counts the rows; numbers are copied. */
    public static Dataset of(INDArray x) {
        return of(List.of(x), List.of());
    }

    /**
     * Samples and their targets.
     *
     * @param y integers (or whole numbers) for a loss of sparse labels, else of the shape of the model's output
     * @throws CoveyException a caller's error when the arrays have not the same number of rows
     */
    public static Dataset of(INDArray x, INDArray y) {
        return of(List.of(x), List.of(y));
    }

    /** The same for models with several inputs or outputs: an array for each, in their order. */
    public static Dataset of(List<INDArray> inputs, List<INDArray> targets) {
        if (inputs.isEmpty()) {
            throw CoveyException.caller("a data set needs at least one array of inputs");
        }
        long rows = inputs.get(0).size(0);
        requireRows("input", inputs, rows);
        requireRows("target", targets, rows);
        SampleBlock block = new SampleBlock((int) rows, columns(inputs), columns(targets), null);
        return new Dataset(block, RowShapes.of(inputs, targets), 1);
    }

    /** Rows that are in memory in another way; shared, not copied. */
    public static Dataset of(SampleBlock block) {
        return new Dataset(block, RowShapes.UNKNOWN, 1);
    }

    /**
     * MNIST's format: a file of samples and a file of classes, gzip or plain. {@link #scale} maps the bytes to [0, 1].
     *
     * @throws CoveyException a caller's error when a file is missing or malformed
     */
    public static Dataset idx(Path images, Path labels) {
        return read(images, labels, null);
    }

    /**
     * The same with a file of weights, Keras' {@code sample_weight}: numbers of any of the format's types, one for each sample.
     *
     * @throws CoveyException a caller's error when a file is missing or malformed
     */
    public static Dataset idx(Path images, Path labels, Path sampleWeights) {
        return read(images, labels, sampleWeights);
    }

    private static Dataset read(Path images, Path labels, Path sampleWeights) {
        try (IdxFile samples = open(images);
                IdxFile classes = open(labels);
                IdxFile weights = sampleWeights == null ? null : open(sampleWeights)) {
            return of(new IdxFiles(samples, classes, weights).read(0, null));
        } catch (IOException e) {
            throw CoveyException.failure("cannot close " + images + ": " + e, e);
        }
    }

    private static IdxFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw CoveyException.caller("data file " + path + " does not exist");
        }
        try {
            InputStream source = Files.newInputStream(path);
            return IdxFile.open(path.toString(), source);
        } catch (IOException e) {
            throw CoveyException.failure("data file " + path + " cannot be read: " + e, e);
        }
    }

    private static void requireRows(String what, List<INDArray> arrays, long rows) {
        for (int i = 0; i < arrays.size(); i++) {
            if (arrays.get(i).size(0) != rows) {
                throw CoveyException.caller(
                        what + " " + i + " has " + arrays.get(i).size(0) + " rows, input 0 has " + rows
                                + ": each sample needs a row in every array");
            }
        }
    }

    private static List<Column> columns(List<INDArray> arrays) {
        return arrays.stream().map(NdArrays::column).toList();
    }

    /** These samples with weights, Keras' {@code sample_weight}: one per row. */
    public Dataset sampleWeights(float... weights) {
        if (weights.length != rows()) {
            throw CoveyException.caller(
                    weights.length + " sample weights for " + rows() + " rows: one per row is needed");
        }
        return new Dataset(new SampleBlock(rows(), block.inputs(), block.targets(), weights.clone()), shapes, scale);
    }

    /** These samples with another factor on every input value that is not an integer, or a byte; bytes stay bytes in memory. */
    public Dataset scale(double newScale) {
        if (!(Math.abs(newScale) <= Float.MAX_VALUE)) {
            throw CoveyException.caller("scale is " + newScale + ", it must be finite");
        }
        return new Dataset(block, shapes, newScale);
    }

    /** The rows [from, to): a copy. */
    public Dataset range(int from, int to) {
        if (from < 0 || to > rows() || from >= to) {
            throw CoveyException.caller(
                    "rows [" + from + ", " + to + ") of a data set of " + rows() + " rows: at least one must be taken");
        }
        return new Dataset(block.select(IntStream.range(from, to).toArray()), shapes, scale);
    }

    /** At most the first {@code rows} rows: Keras' {@code steps} of an evaluation are rows over batch size. */
    public Dataset take(int rows) {
        return rows >= rows() ? this : range(0, rows);
    }

    /** Number of samples. */
    public int rows() {
        return block.rows();
    }

    /** Factor on the input values, 1 unless {@link #scale} says otherwise. */
    public double scale() {
        return scale;
    }

    RowShapes shapes() {
        return shapes;
    }

    SampleBlock block() {
        return block;
    }
}
