package io.covey.trainer.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.KerasJson;
import io.covey.trainer.model.Model;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that Keras saved, of Keras 2 or 3: a model with its weights ({@code .keras}, {@code .h5}), weights alone ({@code
 * .weights.h5}, {@code .h5}) or an architecture alone (the text of {@code model.to_json()}). What it is its first bytes say,
 * whatever its name. Of whole models it also says how they were compiled, and what the optimizer remembers. Not thread-safe.
 */
public final class KerasFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KerasFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ZIP = "504b";
    private static final String HDF5 = "894844460d0a1a0a";

    /** Iteration and learning rate, which an optimizer in Keras has before it has trained. */
    private static final int UNTRAINED_VARIABLES = 2;

    private final String path;
    private final LocalCopy copy;
    private final Hdf5File hdf5;
    private final Model model;
    private final Map<?, ?> compileConfig;

    /** @param compileConfig empty for none */
    private KerasFile(String path, LocalCopy copy, Hdf5File hdf5, Model model, Map<?, ?> compileConfig) {
        this.path = path;
        this.copy = copy;
        this.hdf5 = hdf5;
        this.model = model;
        this.compileConfig = compileConfig;
    }

    /**
     * Opens a file.
     *
     * @throws CoveyException a caller's error when it is missing, damaged, no file of Keras', or uses what Covey does not have
     */
    public static KerasFile open(FileStore files, String path) {
        LocalCopy copy = LocalCopy.of(files, path);
        try {
            String begin = begin(copy.path());
            if (begin.startsWith(HDF5)) {
                return hdf5(path, copy, null);
            }
            if (begin.startsWith(ZIP)) {
                try (copy;
                        KerasArchive archive = new KerasArchive(copy.path(), path)) {
                    String config = archive.config();
                    return hdf5(path, archive.weights(), config);
                }
            }
            try (copy) {
                return new KerasFile(path, null, null, model(path, text(path, copy.path()), null), Map.of());
            }
        } catch (IOException e) {
            copy.close();
            throw CoveyException.failure("cannot read " + path + ": " + FileProblem.of(e), e);
        } catch (RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    /** @param config the model's configuration; null where it is in the file, or there is none */
    private static KerasFile hdf5(String path, LocalCopy copy, String config) throws JsonProcessingException {
        Hdf5File hdf5 = null;
        try {
            hdf5 = new Hdf5File(copy.path(), path);
            String json = config == null ? hdf5.text("", LegacyFormat.MODEL_CONFIG) : config;
            Model model = json == null ? null : model(path, json, StoredWeights.in(hdf5));
            return new KerasFile(
                    path, copy, hdf5, model, config == null ? trainingConfig(hdf5) : compileConfig(config));
        } catch (RuntimeException e) {
            if (hdf5 != null) {
                hdf5.close();
            }
            copy.close();
            throw e;
        }
    }

    private static Model model(String path, String json, StoredWeights weights) {
        try {
            if (weights == null || !json.contains("Normalization")) {
                return KerasJson.read(json);
            }
            Map<String, Object> config = JSON.readValue(json, new TypeReference<Map<String, Object>>() {});
            new AdaptedStatistics(weights).complete(config);
            return KerasJson.read(JSON.writeValueAsString(config));
        } catch (JsonProcessingException e) {
            throw CoveyException.caller(path + ": the model is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (CoveyException e) {
            throw new CoveyException(e.category(), path + ": " + e.getMessage(), e);
        }
    }

    private static Map<?, ?> compileConfig(String config) throws JsonProcessingException {
        Map<String, Object> all = JSON.readValue(config, new TypeReference<Map<String, Object>>() {});
        return all.get(ModelJson.COMPILE_CONFIG) instanceof Map<?, ?> compiled ? compiled : Map.of();
    }

    private static Map<?, ?> trainingConfig(Hdf5File hdf5) {
        String config = hdf5.text("", LegacyFormat.TRAINING_CONFIG);
        try {
            return config == null
                    ? Map.of()
                    : LegacyFormat.compileConfig(JSON.readValue(config, new TypeReference<Map<String, Object>>() {}));
        } catch (JsonProcessingException e) {
            throw CoveyException.caller(
                    hdf5.name() + ": how the model was compiled is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String begin(Path path) throws IOException {
        try (InputStream input = Files.newInputStream(path)) {
            return HexFormat.of().formatHex(input.readNBytes(HDF5.length() / 2));
        }
    }

    private static String text(String path, Path copy) throws IOException {
        try {
            return Files.readString(copy);
        } catch (CharacterCodingException e) {
            throw CoveyException.caller(
                    path + " is no file of Keras': it must be a zip archive (.keras), HDF5 (.h5) or JSON", e);
        }
    }

    /**
     * The model, with its names.
     *
     * @throws CoveyException a caller's error when the file holds weights alone
     */
    public Model model() {
        if (model == null) {
            throw CoveyException.caller(
                    path + " holds weights and no model: make the model and load its weights from the"
                            + " file, or save the whole model, as model.save(\"model.keras\")");
        }
        return model;
    }

    /** Whether there are weights. */
    public boolean hasWeights() {
        return hdf5 != null;
    }

    /**
     * Copies the weights of a model, of the file's own or of one like it.
     *
     * @param target the flat vector that the model's layout describes
     * @throws CoveyException a caller's error when they are missing or of another model; the target may have been changed
     */
    public void readWeights(Model of, NativeFloats target) {
        if (hdf5 == null) {
            throw CoveyException.caller(path + " holds a model's architecture and no weights: save the whole model, as"
                    + " model.save(\"model.keras\")");
        }
        StoredWeights.in(hdf5).read(of, target);
    }

    /**
     * How the model was compiled.
     *
     * @return empty where the file does not say
     * @throws CoveyException a caller's error where it was in a way that Covey does not have, or that does not fit the model's
     *     outputs, which Keras too finds no earlier than in training; model and weights can be read nevertheless
     */
    public Optional<Compiled> compiled() {
        return compileConfig.isEmpty() ? Optional.empty() : Optional.of(Compiled.of(compileConfig, model()));
    }

    /**
     * Reads what the optimizer remembers.
     *
     * @param compiled what {@link #compiled} returned
     * @param slots to read into, in the order of the optimizer's names, each a vector of the model's layout
     * @return empty where the file holds no variables of this optimizer, as Keras' of a model that was never trained, or others than
     *     Keras 3's, as those of Keras 2, which is logged
     * @throws CoveyException a caller's error when the file is damaged; slots may have been changed
     */
    public Optional<OptimizerState> readOptimizer(Compiled compiled, List<NativeFloats> slots) {
        OptimizerVariables variables = new OptimizerVariables(compiled.optimizer(), model());
        List<String> paths = optimizerPaths();
        if (variables.areIn(hdf5, paths)) {
            return Optional.of(variables.read(hdf5, paths, slots));
        }
        if (paths.size() > UNTRAINED_VARIABLES) {
            LOG.warn(
                    "{} is loaded without the {} variables of its optimizer, Keras 3's {} has {} of them in another"
                            + " order or with other shapes: it begins anew",
                    path,
                    paths.size(),
                    compiled.optimizer().name(),
                    variables.count());
        }
        return Optional.empty();
    }

    private List<String> optimizerPaths() {
        List<String> legacy = hdf5.texts(LegacyFormat.OPTIMIZER, LegacyFormat.WEIGHT_NAMES);
        return legacy == null
                ? Hdf5Weights.optimizerPaths(hdf5.names(Hdf5Weights.OPTIMIZER).size())
                : legacy.stream()
                        .map(name -> LegacyFormat.OPTIMIZER + "/" + name)
                        .toList();
    }

    @Override
    public void close() {
        if (hdf5 != null) {
            hdf5.close();
            copy.close();
        }
    }
}
