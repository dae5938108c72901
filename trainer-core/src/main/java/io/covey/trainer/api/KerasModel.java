package io.covey.trainer.api;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.History;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.keras.Compiled;
import io.covey.trainer.keras.KerasFile;
import io.covey.trainer.keras.KerasFileWriter;
import io.covey.trainer.keras.ModelJson;
import io.covey.trainer.keras.OptimizerState;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.SymbolicTensor;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.metrics.Metric;
import io.covey.trainer.metrics.Metrics;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ModelSummary;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.training.FitResult;
import io.covey.trainer.training.Predictor;
import io.covey.trainer.training.TrainingVariables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static io.covey.trainer.api.InferenceArguments.inference;

/**
 * A model with weights, and Keras' methods to train and use it: {@code compile}, {@code fit}, {@code evaluate}, {@code predict}.
 * They have Keras' names, defaults and numbers.
 *
 * <pre>{@code
 * try (KerasModel model = KerasModel.sequential(
 *         flatten(28, 28), dense(300, RELU), dense(200, RELU), dense(100, RELU), dense(10, SOFTMAX))) {
 *     model.compile(Optimizers.sgd(0.01), Losses.sparseCategoricalCrossentropy(), Metrics.of("accuracy"));
 *     History history = model.fit(train, fit().epochs(50).validationData(valid)
 *             .callbacks(earlyStopping().patience(5).restoreBestWeights(true)));
 *     Map<String, Double> test = model.evaluate(testSet);
 * }
 * }</pre>
 *
 * <p>Weights, optimizer and the states of stateful layers stay between calls, as in Keras: a second {@code fit} goes on where the
 * first ended. Used by one thread. Close it to free the native memory.
 */
public final class KerasModel implements AutoCloseable {
    /** Keras' default of {@code compile}. */
    public static final String OPTIMIZER_DEFAULT = "rmsprop";

    private static final long SEED_DEFAULT = 42;

    private static final Logger LOG = LoggerFactory.getLogger(KerasModel.class);

    private final Model model;
    private long seed = SEED_DEFAULT;
    private TrainingVariables variables;
    private Optimizer optimizer;
    private CompileOptions compile;
    private String whyNotCompiled = "";
    private long iterations;
    private float learningRate;
    private long fits;

    private BatchSteps batchSteps;

    private KerasModel(Model model) {
        this.model = model;
        this.variables = withoutSlots(model, seed);
    }

    /** Keras' {@code Sequential}; the first layer is an input or has an input shape. */
    public static KerasModel sequential(Layer... layers) {
        return of(Model.sequential(layers));
    }

    /** Keras' {@code Model(inputs, outputs)}. */
    public static KerasModel functional(List<SymbolicTensor> inputs, List<SymbolicTensor> outputs) {
        return of(Model.functional("functional", inputs, outputs));
    }

    /** A model with its first weights, for example one read from Keras' JSON. */
    public static KerasModel of(Model model) {
        return new KerasModel(model);
    }

    /**
     * Keras' {@code load_model}: a model with its weights. It is compiled as it was when it was saved, if it was, and its optimizer
     * goes on from there; others, and one whose losses do not fit its outputs, are to be compiled before they are trained.
     *
     * @param file that Keras 2 or 3 saved: {@code .keras} or {@code .h5}; of a model's JSON the weights are the first ones
     * @throws CoveyException a caller's error when the file is missing or damaged, or uses what Covey does not have
     */
    public static KerasModel load(Path file) {
        return load(new LocalFileStore(), file.toString());
    }

    /** The same from any file system. */
    public static KerasModel load(FileStore files, String path) {
        try (KerasFile file = KerasFile.open(files, path)) {
            KerasModel model = of(file.model());
            try {
                if (file.hasWeights()) {
                    file.readWeights(model.model, model.variables.parameters());
                }
                model.compiledIn(file, path).ifPresent(compiled -> model.goOn(compiled, file));
                return model;
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        }
    }

    private Optional<Compiled> compiledIn(KerasFile file, String path) {
        try {
            return file.compiled();
        } catch (CoveyException e) {
            whyNotCompiled = "; as it was when " + path + " was saved it cannot be: " + e.getMessage();
            LOG.warn(
                    "{} is loaded without how it was compiled: {}; compile it before it is trained",
                    path,
                    e.getMessage());
            return Optional.empty();
        }
    }

    private void goOn(Compiled compiled, KerasFile file) {
        compile(compiled.optimizer(), compiled.options());
        file.readOptimizer(compiled, variables.slots()).ifPresent(state -> {
            iterations = state.iterations();
            learningRate = state.learningRate();
        });
    }

    private static TrainingVariables withoutSlots(Model model, long seed) {
        return TrainingVariables.initial(model, Optimizers.sgd(0), seed);
    }

    /**
     * The seed of the first weights, of the order of samples and of all noise; 42 unless this says otherwise. Draws the first
     * weights anew: to be called first.
     */
    public KerasModel seed(long newSeed) {
        seed = newSeed;
        if (compile != null) {
            throw CoveyException.caller("seed must be set before compile: it draws the first weights");
        }
        variables.close();
        variables = withoutSlots(model, newSeed);
        return this;
    }

    /** One loss for the model's only output, and Keras' default optimizer, {@code rmsprop}. */
    public KerasModel compile(Loss loss, Metric... metrics) {
        return compile(Optimizers.of(OPTIMIZER_DEFAULT, Map.of()), loss, metrics);
    }

    /** One loss for the model's only output. */
    public KerasModel compile(Optimizer newOptimizer, Loss loss, Metric... metrics) {
        return compile(newOptimizer, CompileOptions.of(loss, metrics));
    }

    /** The same by Keras' names, with their defaults. */
    public KerasModel compile(String newOptimizer, String loss, String... metrics) {
        return compile(
                Optimizers.of(newOptimizer, Map.of()),
                Losses.of(loss),
                Stream.of(metrics).map(Metrics::of).toArray(Metric[]::new));
    }

    /**
     * Says how the model is trained. Weights stay as they are; the optimizer starts anew.
     *
     * @throws CoveyException a caller's error when losses and metrics do not fit the model
     */
    public KerasModel compile(Optimizer newOptimizer, CompileOptions options) {
        new StateLayout(model, options);
        closeBatchSteps();
        variables.slots().forEach(NativeFloats::close);
        variables = new TrainingVariables(
                variables.parameters(),
                TrainingVariables.initialSlots(newOptimizer, model.layout().length()),
                variables.states());
        optimizer = newOptimizer;
        compile = options;
        iterations = 0;
        learningRate = (float) newOptimizer.learningRate();
        return this;
    }

    /** Trains with Keras' defaults: one epoch in batches of 32. */
    public History fit(Dataset data) {
        return fit(data, FitArguments.fit());
    }

    /**
     * Trains.
     *
     * @return the metrics of each epoch
     * @throws CoveyException a caller's error when the data do not fit the model, before anything is trained; a failure when the
     *     loss is no longer finite
     */
    public History fit(Dataset data, FitArguments arguments) {
        requireCompiled("fit");
        closeBatchSteps();
        FitCall call = FitCall.of(model, compile, optimizer, seed, seed + fits, data, arguments);
        fits++;
        Position position = new Position();
        try {
            FitResult result = call.run(variables, iterations, learningRate, position);
            iterations = result.step();
            learningRate = result.learningRate();
            return result.history();
        } catch (RuntimeException | Error e) {
            // Weights and slots are as the last step has left them.
            iterations = position.iterations(iterations);
            learningRate = position.learningRate(learningRate);
            throw e;
        }
    }

    /** Loss and metrics in batches of 32, sorted by name; prints nothing. */
    public SortedMap<String, Double> evaluate(Dataset data) {
        return evaluate(data, inference().verbose(0));
    }

    /**
     * Loss and metrics of data with targets, in inference mode.
     *
     * @return sorted by name
     */
    public SortedMap<String, Double> evaluate(Dataset data, InferenceArguments arguments) {
        requireCompiled("evaluate");
        return EvaluateCall.of(model, compile, optimizer, seed, data, arguments).run(variables, iterations);
    }

    /** The model's only output for each row of {@code x}: probabilities, if that is what it gives. */
    public INDArray predict(INDArray x) {
        requireOneOutput("predict");
        return predict(Dataset.of(x), inference().verbose(0)).get(0);
    }

    /**
     * Outputs in inference mode. Needs no {@link #compile}.
     *
     * @param all targets are not looked at
     * @return an array for each output, whose first axis counts the rows
     */
    public List<INDArray> predict(Dataset all, InferenceArguments arguments) {
        if (arguments.cluster() != null) {
            throw CoveyException.caller(
                    "predict computes in this process, whose arrays it returns: leave on(cluster) out,"
                            + " or predict in Spark tasks with the weights of save_weights");
        }
        all.shapes().requireInputs(model);
        Dataset data = arguments.of(all);
        List<float[]> outputs = new Predictor(model, (float) data.scale(), arguments.batchSize(), arguments.callbacks())
                .predict(variables.parameters(), variables.states(), data.block(), arguments.steps());
        List<INDArray> arrays = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            arrays.add(NdArrays.array(data.rows(), model.outputs().get(i).shape(), outputs.get(i)));
        }
        return arrays;
    }

    /**
     * The class of each row of a model with one output: where the last axis is largest, the first of equal ones; for one number
     * per row whether it is above 0.5.
     */
    public int[] predictClasses(Dataset data) {
        requireOneOutput("predictClasses");
        data.shapes().requireInputs(model);
        int batchSize = model.statefulSize() > 0 ? model.batchSize() : FitArguments.BATCH_SIZE_DEFAULT;
        float[] values = new Predictor(model, (float) data.scale(), batchSize, List.of())
                .predict(variables.parameters(), variables.states(), data.block(), 0)
                .get(0);
        List<Integer> shape = model.outputs().get(0).shape();
        int width = shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
        return Classes.of(values, width);
    }

    /** One step on one batch. */
    public SortedMap<String, Double> trainOnBatch(Dataset batch) {
        return trainOnBatch(batch, Map.of());
    }

    /**
     * One step of the optimizer on one batch of any size.
     *
     * @param classWeight factors of the samples' losses by class
     * @return loss and metrics of this batch, as in Keras 3.15
     */
    public SortedMap<String, Double> trainOnBatch(Dataset batch, Map<Integer, Float> classWeight) {
        requireCompiled("train_on_batch");
        SortedMap<String, Double> logs = batchSteps().train(batch, classWeight, iterations, learningRate);
        iterations++;
        return logs;
    }

    /** Measures one batch of any size in inference mode; returns what {@link #trainOnBatch} does. */
    public SortedMap<String, Double> testOnBatch(Dataset batch) {
        requireCompiled("test_on_batch");
        return batchSteps().test(batch);
    }

    /** The outputs for one batch, in one piece. */
    public List<INDArray> predictOnBatch(Dataset batch) {
        return predict(batch, inference().batchSize(Math.max(1, batch.rows())).verbose(0));
    }

    private BatchSteps batchSteps() {
        if (batchSteps == null) {
            batchSteps = new BatchSteps(model, compile, optimizer, seed, variables);
        }
        return batchSteps;
    }

    private void closeBatchSteps() {
        if (batchSteps != null) {
            batchSteps.close();
            batchSteps = null;
        }
    }

    /**
     * Keras' {@code reset_states} of all stateful layers: the next batch begins with states of zero. Else every batch goes on from
     * the states that the one before has left, in training, evaluation and prediction.
     */
    public void resetStates() {
        variables.states().reset();
    }

    /** Copies of all weights, in Keras' order. */
    public List<INDArray> getWeights() {
        return weights().get();
    }

    /**
     * Replaces all weights.
     *
     * @param weights in Keras' order
     * @throws CoveyException a caller's error when a shape does not fit; nothing is changed then
     */
    public void setWeights(List<INDArray> weights) {
        weights().set(weights);
    }

    /**
     * Writes the weights: as Keras does where the name ends in {@code .weights.h5}, else as a checkpoint in TensorFlow's format,
     * {@code path.index} and {@code path.data-*}.
     */
    public void saveWeights(Path path) {
        weights().write(path.toString());
    }

    /**
     * Reads weights that {@link #saveWeights}, Keras or TensorFlow wrote: Keras' files have names that end in {@code .h5} or {@code
     * .keras}, all others are checkpoints.
     *
     * @throws CoveyException a caller's error when they are missing or belong to another model
     */
    public void loadWeights(Path path) {
        weights().read(path.toString());
    }

    /**
     * Keras' {@code save}: a file of the model, its weights, how it is compiled and what its optimizer remembers, from which {@code
     * keras.models.load_model} and {@link #load} go on.
     *
     * @param file ends in {@code .keras}, or for Keras' legacy format in {@code .h5}; replaced if it exists
     */
    public void save(Path file) {
        KerasFileWriter.writeModel(
                new LocalFileStore(),
                file.toString(),
                model,
                variables.parameters(),
                compile == null ? null : new Compiled(optimizer, compile),
                compile == null ? null : new OptimizerState(variables.slots(), iterations, learningRate));
    }

    /** The architecture as text that {@code keras.models.model_from_json} reads. */
    public String toJson() {
        return ModelJson.of(model);
    }

    private ModelWeights weights() {
        return new ModelWeights(model, variables.parameters());
    }

    /** Keras' {@code summary()}: what it prints. */
    public String summary() {
        return ModelSummary.keras2(model);
    }

    /** The architecture. */
    public Model model() {
        return model;
    }

    /** Steps that the optimizer has done since {@link #compile}. */
    public long iterations() {
        return iterations;
    }

    /** The learning rate in force where the optimizer has no schedule. */
    public double learningRate() {
        requireCompiled("learning_rate");
        return learningRate;
    }

    private void requireCompiled(String method) {
        if (compile == null) {
            throw CoveyException.caller(
                    "compile the model before " + method + ": it needs a loss and an optimizer" + whyNotCompiled);
        }
    }

    private void requireOneOutput(String method) {
        if (model.outputs().size() != 1) {
            throw CoveyException.caller(method + " is for models with one output, this one has "
                    + model.outputs().size() + ": use predict(Dataset, InferenceArguments)");
        }
    }

    @Override
    public void close() {
        closeBatchSteps();
        variables.close();
    }
}
