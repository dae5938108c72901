package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Keras 2's {@code save_weights} in TensorFlow format: a checkpoint of the weights alone, and the {@code checkpoint} file. */
public final class WeightsCheckpoint {
    private WeightsCheckpoint() {}

    /**
     * Writes {@code prefix.index}, {@code prefix.data-00000-of-00001}, and the file {@code checkpoint} of the directory, which
     * names this checkpoint as the only one. Existing files are replaced.
     *
     * @param weights the flat vector that {@code layout} describes
     * @throws CoveyException when the files cannot be written
     */
    public static void write(FileStore store, String prefix, ParameterLayout layout, NativeFloats weights) {
        try (TensorBundleWriter writer = new TensorBundleWriter(store, prefix)) {
            writer.addString(CheckpointKeys.OBJECT_GRAPH, ObjectGraph.encodeWeights(layout));
            for (ParameterSpec parameter : layout.parameters()) {
                NativeFloats values = weights.slice(parameter.offset(), parameter.size());
                writer.addFloats(CheckpointKeys.parameter(parameter), parameter.shape(), values);
            }
            writer.addInt64(CheckpointKeys.SAVE_COUNTER, 1);
            writer.finish();
        }
        int slash = prefix.lastIndexOf('/');
        String name = prefix.substring(slash + 1);
        String path = prefix.substring(0, slash + 1) + CheckpointState.FILE_NAME;
        try {
            store.replace(
                    path, new CheckpointState(name, List.of(name)).encode().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw CoveyException.failure("cannot write " + path + ": " + FileProblem.of(e), e);
        }
    }

    /**
     * Reads weights by their keys from a checkpoint in TensorFlow format, whoever wrote it.
     *
     * @param weights the flat vector that {@code layout} describes; gets them
     * @throws CoveyException a caller's error when there is no such checkpoint or it belongs to another model
     */
    public static void read(FileStore store, String prefix, ParameterLayout layout, NativeFloats weights) {
        try (TensorBundleReader reader = TensorBundleReader.open(store, prefix)) {
            for (ParameterSpec parameter : layout.parameters()) {
                String key = CheckpointKeys.parameter(parameter);
                List<Long> shape =
                        parameter.shape().stream().map(Integer::longValue).toList();
                if (!reader.shape(key).equals(shape)) {
                    throw CoveyException.caller("checkpoint " + prefix + " holds " + key + " with shape "
                            + reader.shape(key) + ", the model's " + parameter.path() + " has " + shape
                            + ": it belongs to another model");
                }
                reader.readFloats(key, weights.slice(parameter.offset(), parameter.size()));
            }
        }
    }
}
