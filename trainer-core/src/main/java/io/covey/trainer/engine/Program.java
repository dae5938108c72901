package io.covey.trainer.engine;

import io.covey.trainer.CoveyException;
import io.covey.trainer.model.Activation;
import io.covey.trainer.model.Dense;
import io.covey.trainer.model.Flatten;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.training.Loss;
import io.covey.trainer.training.MetricState;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A model compiled for one micro-batch size: a list of operations over native buffers that are allocated once. A run
 * allocates nothing on the heap.
 *
 * <p>Used by one thread at a time. The number of oneDNN threads is a setting of the calling thread
 * ({@link io.covey.trainer.memory.NativeLibraries#setThreadsOfThisThread}): set it before building and before running. Any
 * number of programs may run side by side on threads of their own.
 */
public final class Program implements AutoCloseable {
    /** What a program can do. */
    public enum Mode {
        /** Forward and backward. */
        TRAINING,
        /** Forward only. */
        INFERENCE
    }

    private static final long UNBOUND = 0;

    private final OnednnScope scope;
    private final Input input;
    private final int[] labels;
    private final Op[] ops;
    private final SoftmaxCrossEntropy loss;
    private final Parameter[] parameters;
    private long parametersAddress = UNBOUND;

    private Program(
            OnednnScope scope,
            Input input,
            int[] labels,
            List<Op> ops,
            SoftmaxCrossEntropy loss,
            List<Parameter> parameters) {
        this.scope = scope;
        this.input = input;
        this.labels = labels;
        this.ops = ops.toArray(Op[]::new);
        this.loss = loss;
        this.parameters = parameters.toArray(Parameter[]::new);
    }

    /**
     * Compiles a model.
     *
     * @param loss of the model's output
     * @param format what {@link #put} is given
     * @param inputScale factor on every input value, 1 for none
     * @param rows samples in a micro-batch, at least 1
     * @param mode what the program must be able to do
     * @throws CoveyException a caller's error when the combination of model and loss cannot be trained; see {@link #check}
     */
    public static Program compile(Model model, Loss loss, InputFormat format, float inputScale, int rows, Mode mode) {
        check(model, loss);
        OnednnScope scope = new OnednnScope();
        try {
            return build(scope, model, format, inputScale, rows, mode == Mode.TRAINING);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /**
     * Checks that a model can be trained with a loss.
     *
     * @throws CoveyException a caller's error that names the combination
     */
    public static void check(Model model, Loss loss) {
        Model.Node last = model.nodes().get(model.nodes().size() - 1);
        if (!(last.layer() instanceof Dense dense) || dense.activation() != Activation.SOFTMAX) {
            String activation = last.layer() instanceof Dense dense
                    ? " with activation " + dense.activation().kerasName()
                    : "";
            throw CoveyException.caller("loss " + loss.kerasName() + " needs a model that ends in a dense layer with"
                    + " activation softmax; model " + model.name() + " ends in "
                    + last.layer().className() + " layer " + last.name() + activation);
        }
    }

    private static Program build(
            OnednnScope scope, Model model, InputFormat format, float inputScale, int rows, boolean training) {
        Input input = new Input(scope, format, inputScale, rows, model.inputSize());
        List<Op> ops = new ArrayList<>();
        List<Parameter> parameters = new ArrayList<>();
        Tensor values = input.values();
        Tensor gradient = null;
        int last = model.nodes().size() - 1;
        for (int i = 0; i <= last; i++) {
            Model.Node node = model.nodes().get(i);
            if (node.layer() instanceof Flatten) {
                continue; // Samples are contiguous in C order already.
            }
            Dense dense = (Dense) node.layer();
            Tensor output = scope.tensor(rows, dense.units());
            Tensor outputGradient = training ? scope.tensor(rows, dense.units()) : null;
            ParameterSpec kernelSpec = node.parameters().get(0);
            Parameter kernel = new Parameter(
                    scope, scope.desc(dnnl.dnnl_f32, dnnl.dnnl_io, dense.units(), values.width()), kernelSpec.offset());
            parameters.add(kernel);
            Parameter bias = null;
            if (dense.useBias()) {
                bias = new Parameter(
                        scope,
                        scope.desc(dnnl.dnnl_f32, dnnl.dnnl_a, dense.units()),
                        node.parameters().get(1).offset());
                parameters.add(bias);
            }
            boolean relu = dense.activation() == Activation.RELU;
            ops.add(new DenseOp(scope, kernel, bias, relu, values, output, gradient, outputGradient));
            values = output;
            gradient = outputGradient;
            if (dense.activation() == Activation.SOFTMAX && i < last) {
                Tensor probabilities = scope.tensor(rows, dense.units());
                Tensor probabilitiesGradient = training ? scope.tensor(rows, dense.units()) : null;
                ops.add(new SoftmaxOp(scope, values, probabilities, gradient, probabilitiesGradient));
                values = probabilities;
                gradient = probabilitiesGradient;
            }
        }
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(scope, values, gradient);
        scope.allocateScratch();
        return new Program(scope, input, new int[rows], ops, loss, parameters);
    }

    /** Samples in a micro-batch. */
    public int rows() {
        return labels.length;
    }

    /**
     * Sets sample {@code row} of the next run of a {@link InputFormat#UINT8} program.
     *
     * @param source holds the sample's features from {@code offset} on
     * @param label in [0, classes)
     */
    public void put(int row, byte[] source, int offset, int label) {
        input.put(Objects.checkIndex(row, labels.length), source, offset);
        labels[row] = label;
    }

    /** As {@link #put(int, byte[], int, int)}, of a {@link InputFormat#FLOAT32} program. */
    public void put(int row, float[] source, int offset, int label) {
        input.put(Objects.checkIndex(row, labels.length), source, offset);
        labels[row] = label;
    }

    /**
     * Runs the micro-batch forward.
     *
     * @param parametersAddress native address of the flat parameter vector
     * @param metrics the micro-batch is added to it
     */
    public void forward(long parametersAddress, MetricState metrics) {
        if (parametersAddress != this.parametersAddress) {
            for (Parameter parameter : parameters) {
                parameter.bind(parametersAddress);
            }
            this.parametersAddress = parametersAddress;
        }
        input.forward();
        for (Op op : ops) {
            op.forward();
        }
        loss.forward(labels, metrics);
    }

    /**
     * Runs the micro-batch forward and backward.
     *
     * @param parametersAddress native address of the flat parameter vector
     * @param gradientAddress native address of a flat vector; the sum (not mean) over samples of the loss' gradient is
     *     written to each variable's place, the gaps between them are left alone
     * @param accumulate whether to add the sums to the vector's numbers, with the bits of a sum formed elsewhere and added
     *     then, or to replace them
     * @param metrics the micro-batch is added to it
     */
    public void forwardBackward(long parametersAddress, long gradientAddress, boolean accumulate, MetricState metrics) {
        forward(parametersAddress, metrics);
        loss.backward(labels);
        for (int i = ops.length - 1; i >= 0; i--) {
            ops[i].backward(gradientAddress, accumulate);
        }
    }

    /** The model's output in the last run, (rows, classes) in C order; valid until the next run. Read-only. */
    public FloatBuffer outputs() {
        return loss.probabilities().asReadOnlyBuffer();
    }

    /** Frees the native memory. */
    @Override
    public void close() {
        scope.close();
    }
}
