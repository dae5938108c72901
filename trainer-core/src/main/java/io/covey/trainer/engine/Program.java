package io.covey.trainer.engine;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.NearestName;
import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.Value;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A model compiled for one micro-batch size: a list of operations over native buffers that are allocated once. A run
 * allocates nothing on the heap.
 *
 * <p>Used by one thread at a time. The number of oneDNN threads is a setting of the calling thread
 * ({@link io.covey.trainer.memory.NativeLibraries#setThreadsOfThisThread}): set it before building and before running. Any
 * number of programs may run side by side on threads of their own.
 */
public final class Program implements AutoCloseable {
    private static final long UNBOUND = 0;

    private final OnednnScope scope;
    private final int rows;
    private final Input[] inputs;
    private final List<ProgramBuilder.LayerOp> layerOps;
    private final Op[] ops;
    private final OutputLoss[] losses;
    private final Parameter[] parameters;
    private final Parameter[] shared;
    private final long[] doneFrom;
    private final WeightPenalties penalties;
    private final Parameter[] penalized;
    private final ActivityPenaltyOp[] activityPenalties;
    private final RunKey runKey;
    private final StateRows stateRows;
    private final Map<String, Tensor> layerOutputs;
    private final VectorKernels kernels = new VectorKernels();
    private final MemoryPlan memoryPlan;
    private long parametersAddress = UNBOUND;
    private int batchRows;

    private Program(OnednnScope scope, Model model, Lowered lowered, List<OutputLoss> losses, MemoryPlan memoryPlan) {
        this.scope = scope;
        this.memoryPlan = memoryPlan;
        ProgramBuilder builder = lowered.builder;
        this.rows = builder.rows();
        this.batchRows = rows;
        this.inputs = lowered.inputs.toArray(Input[]::new);
        this.layerOps = List.copyOf(builder.ops());
        this.ops = layerOps.stream().map(ProgramBuilder.LayerOp::op).toArray(Op[]::new);
        this.losses = losses.toArray(OutputLoss[]::new);
        this.parameters = builder.parameters().toArray(Parameter[]::new);
        this.shared = builder.parameters().stream().filter(Parameter::isShared).toArray(Parameter[]::new);
        this.doneFrom = BackwardOrder.doneFrom(builder.parameters(), ops.length);
        this.penalties = new WeightPenalties(model.layout());
        this.penalized = builder.parameters().stream()
                .filter(parameter -> parameter.spec().regularizer() != null)
                .toArray(Parameter[]::new);
        this.activityPenalties = builder.activityPenalties().toArray(ActivityPenaltyOp[]::new);
        this.runKey = builder.runKey();
        this.stateRows = builder.stateRows();
        this.layerOutputs = builder.layerOutputs();
    }

    /**
     * Compiles a model.
     *
     * @param objective losses of the model's outputs
     * @param formats what {@link #put} is given for each input
     * @param inputScale factor on every input value that is not an integer, 1 for none
     * @param rows samples in a micro-batch, at least 1
     * @param options what the program must be able to do
     * @throws CoveyException a caller's error when the combination of model and loss cannot be trained
     */
    public static Program compile(
            Model model,
            Objective objective,
            List<InputFormat> formats,
            float inputScale,
            int rows,
            ProgramOptions options) {
        return compile(model, objective, formats, inputScale, rows, options, true);
    }

    /** @param reuse whether buffers that are not needed at one time share memory */
    static Program compile(
            Model model,
            Objective objective,
            List<InputFormat> formats,
            float inputScale,
            int rows,
            ProgramOptions options,
            boolean reuse) {
        MemoryPlan plan = plan(model, formats, inputScale, rows, options);
        OnednnScope scope = new OnednnScope(new PlacedBuffers(reuse ? plan : plan.withoutReuse()));
        try {
            Lowered lowered = lower(scope, model, formats, inputScale, rows, options);
            List<OutputLoss> losses = new ArrayList<>();
            for (Signal output : lowered.outputs) {
                losses.add(objective.lower(model, losses.size(), output, scope));
            }
            scope.allocateScratch();
            return new Program(scope, model, lowered, losses, plan);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private static MemoryPlan plan(
            Model model, List<InputFormat> formats, float inputScale, int rows, ProgramOptions options) {
        BufferPlanner planner = new BufferPlanner(options.gradients());
        try (OnednnScope scope = new OnednnScope(planner)) {
            return planner.plan(operations(scope, model, formats, inputScale, rows, options));
        }
    }

    /** Lowers a model for the sake of the scope; returns the number of operations. */
    static int operations(
            OnednnScope scope,
            Model model,
            List<InputFormat> formats,
            float inputScale,
            int rows,
            ProgramOptions options) {
        return lower(scope, model, formats, inputScale, rows, options)
                .builder
                .ops()
                .size();
    }

    /** All but the losses. */
    private record Lowered(ProgramBuilder builder, List<Input> inputs, List<Signal> outputs) {}

    private static Lowered lower(
            OnednnScope scope,
            Model model,
            List<InputFormat> formats,
            float inputScale,
            int rows,
            ProgramOptions options) {
        ProgramBuilder builder = new ProgramBuilder(scope, model, rows, options);
        WeightPenalties.lower(builder);
        GraphLowering graph = new GraphLowering(builder, model);
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < formats.size(); i++) {
            Value value = model.inputs().get(i);
            Input input = new Input(
                    scope, formats.get(i), inputScale, options.inputGradients(), withRows(rows, value.shape()));
            inputs.add(input);
            graph.input(value, input.signal());
        }
        graph.lowerAll();
        List<Signal> outputs = new ArrayList<>();
        for (Value output : model.outputs()) {
            outputs.add(graph.output(output));
        }
        return new Lowered(builder, inputs, outputs);
    }

    private static int[] withRows(int rows, List<Integer> sampleShape) {
        int[] shape = new int[sampleShape.size() + 1];
        shape[0] = rows;
        for (int i = 0; i < sampleShape.size(); i++) {
            shape[i + 1] = sampleShape.get(i);
        }
        return shape;
    }

    /** Samples in a micro-batch. */
    public int rows() {
        return rows;
    }

    /** Sets sample {@code row} of the next run from row {@code slot} of a block of this program's formats. */
    public void put(int row, SampleBlock block, int slot) {
        Objects.checkIndex(row, rows);
        List<Column> columns = block.inputs();
        for (int i = 0; i < inputs.length; i++) {
            inputs[i].put(row, columns.get(i), slot);
        }
        for (OutputLoss loss : losses) {
            loss.put(row, block, slot);
        }
    }

    /** Names the random numbers of the next runs in training: they depend on these three and on the layer only. */
    public void seed(long seed, long step, long virtualShard) {
        runKey.set(seed, step, virtualShard);
    }

    /**
     * Has stateful layers go on in the next runs from the states that the batch before has left, and leave theirs there; without
     * this they begin with zeros.
     *
     * @param states of all rows of a batch, {@link Model#statefulSize} numbers each
     * @param firstRow row of the batch that is the micro-batch's first
     */
    public void states(FloatBuffer states, int firstRow) {
        stateRows.at(states, firstRow);
    }

    /**
     * Says of how many samples the global batches of the next runs are, which losses with reduction {@code sum} need; by default
     * a micro-batch is all of it.
     */
    public void batchRows(int newBatchRows) {
        batchRows = newBatchRows;
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
            scope.bind();
            this.parametersAddress = parametersAddress;
        }
        for (Input input : inputs) {
            input.forward();
        }
        for (Op op : ops) {
            op.forward();
        }
        for (OutputLoss loss : losses) {
            loss.forward(metrics, batchRows);
        }
        for (int i = 0; i < penalized.length; i++) {
            metrics.add(StateLayout.LOSS, rows * penalties.value(i, penalized[i].values()));
        }
        for (ActivityPenaltyOp penalty : activityPenalties) {
            metrics.add(StateLayout.LOSS, penalty.value());
        }
    }

    /**
     * Runs the micro-batch forward and backward.
     *
     * @param parametersAddress native address of the flat parameter vector
     * @param gradientAddress native address of a flat vector; the sum (not mean) over samples of the loss' gradient is
     *     written to each trained variable's place, and the sum of what it averages to each moving average's. Gaps and frozen
     *     variables are left alone. Penalties on weights are not in it.
     * @param accumulate whether to add the sums to the vector's numbers, with the bits of a sum formed elsewhere and added
     *     then, or to replace them
     * @param metrics the micro-batch is added to it
     */
    public void forwardBackward(long parametersAddress, long gradientAddress, boolean accumulate, MetricState metrics) {
        forwardBackward(parametersAddress, gradientAddress, accumulate, metrics, BackwardListener.NONE);
    }

    /**
     * The same, and tells how far it has come.
     *
     * @param listener what it throws ends the run
     */
    public void forwardBackward(
            long parametersAddress,
            long gradientAddress,
            boolean accumulate,
            MetricState metrics,
            BackwardListener listener) {
        forward(parametersAddress, metrics);
        for (OutputLoss loss : losses) {
            loss.backward(batchRows);
        }
        long done = Long.MAX_VALUE;
        for (int i = ops.length - 1; i >= 0; i--) {
            ops[i].backward(gradientAddress, accumulate);
            if (doneFrom[i] < done && doneFrom[i] > 0) {
                done = doneFrom[i];
                listener.doneFrom(done);
            }
        }
        for (Parameter parameter : shared) {
            parameter.finish(gradientAddress, accumulate, kernels);
        }
    }

    /** The model's first output in the last run, in C order; valid until the next run. Read-only. */
    public FloatBuffer outputs() {
        return outputs(0);
    }

    /** The model's output {@code index} in the last run, in C order; valid until the next run. Read-only. */
    public FloatBuffer outputs(int index) {
        return losses[index].output().values().buffer().asReadOnlyBuffer();
    }

    /**
     * A layer's first output in the last run, in C order, of a program compiled for it. Read-only.
     *
     * @param layer its name
     */
    public FloatBuffer layerOutput(String layer) {
        Tensor output = layerOutputs.get(layer);
        if (output == null) {
            throw CoveyException.caller(
                    "there is no output of layer " + layer + NearestName.advice(layer, layerOutputs.keySet()));
        }
        return output.values().buffer().asReadOnlyBuffer();
    }

    /** The penalties in the last run that the loss includes, those of weights in the order of the layout, then those of layers' outputs. */
    public double[] penalties() {
        double[] values = new double[penalized.length + activityPenalties.length];
        for (int i = 0; i < penalized.length; i++) {
            values[i] = penalties.value(i, penalized[i].values());
        }
        for (int i = 0; i < activityPenalties.length; i++) {
            values[penalized.length + i] = activityPenalties[i].value() / rows;
        }
        return values;
    }

    /** The gradient of input {@code index} in the last run, of a program compiled for it. Read-only. */
    public FloatBuffer inputGradient(int index) {
        return inputs[index].signal().gradient().values().buffer().asReadOnlyBuffer();
    }

    /** Makes NaN of all that a run must not read of the last one; inputs must be {@link #put} anew. */
    void erase() {
        ((PlacedBuffers) scope.buffers()).erase();
    }

    /** Bytes of native memory of this program. */
    long nativeBytes() {
        return scope.allocatedBytes() + memoryPlan.length() * Float.BYTES;
    }

    MemoryPlan memoryPlan() {
        return memoryPlan;
    }

    /** Times each operation from now on, or anew; costs two readings of the clock per operation. */
    public Profile startProfile() {
        Profile profile = new Profile();
        for (int i = 0; i < ops.length; i++) {
            ProgramBuilder.LayerOp each = layerOps.get(i);
            ops[i] = profile.timed(each.layer(), each.op());
        }
        return profile;
    }

    /** Frees the native memory. */
    @Override
    public void close() {
        scope.close();
    }
}
