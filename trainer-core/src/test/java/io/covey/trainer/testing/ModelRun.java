package io.covey.trainer.testing;

import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.OutputLoss;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.MetricState;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Runs a model's layers forward, and backward from any gradient of its outputs: the loss is the sum of the outputs' products
 * with given numbers.
 */
public final class ModelRun implements AutoCloseable {
    private final Model model;
    private final int rows;
    private final Program program;
    private final NativeFloats parameters;
    private final NativeFloats gradient;
    private final MetricState metrics = MetricState.zero(2);
    private float[] outputGradient;

    /** A run of {@code rows} samples; weights are the initializers' until {@link #parameters} is written to. */
    public ModelRun(Model model, int rows, boolean training) {
        NativeLibraries.setThreadsOfThisThread(1);
        this.model = model;
        this.rows = rows;
        int length = Math.toIntExact(model.layout().length());
        parameters = NativeFloats.allocate(Math.max(1, length));
        gradient = NativeFloats.allocate(Math.max(1, length));
        float[] values = new float[length];
        model.initialValues(1, 0, values);
        parameters.put(0, values);
        program = Program.compile(
                model,
                (m, index, output, scope) -> loss(output),
                Collections.nCopies(model.inputs().size(), InputFormat.FLOAT32),
                1f,
                rows,
                new ProgramOptions(training, true, true, false));
    }

    /** A run of one layer. */
    public static ModelRun of(Layer layer, int rows, boolean training, Integer... sampleShape) {
        return new ModelRun(Model.sequential("run", List.of(sampleShape), List.of(layer)), rows, training);
    }

    private OutputLoss loss(Signal output) {
        return new OutputLoss() {
            @Override
            public void put(int row, SampleBlock block, int slot) {}

            @Override
            public void forward(MetricState state, int batchRows) {}

            @Override
            public void backward(int batchRows) {
                if (output.gradient() != null && outputGradient != null) {
                    output.gradient().values().put(0, outputGradient);
                }
            }

            @Override
            public Tensor output() {
                return output.value();
            }
        };
    }

    public Program program() {
        return program;
    }

    /** The flat vector of weights. */
    public NativeFloats parameters() {
        return parameters;
    }

    /** The flat gradient of the last run. */
    public NativeFloats gradient() {
        return gradient;
    }

    /** Sum of the losses that layers have added so far, see {@link io.covey.trainer.objective.StateLayout#LOSS}. */
    public double addedLoss() {
        return metrics.get(1);
    }

    /** Runs forward. */
    public float[] forward(float[]... inputs) {
        put(inputs);
        program.forward(parameters.address(), metrics);
        return read(program.outputs(0));
    }

    /** Runs forward and backward from the gradient of the only output; returns the gradient of the first input. */
    public float[] backward(float[] gradientOfOutput, float[]... inputs) {
        put(inputs);
        outputGradient = gradientOfOutput;
        program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
        return inputGradient(0);
    }

    /** The gradient of an input in the last run. */
    public float[] inputGradient(int index) {
        return read(program.inputGradient(index));
    }

    private void put(float[][] inputs) {
        List<Column> columns = new ArrayList<>();
        for (float[] input : inputs) {
            columns.add(new Column.Floats(input.length / rows, input));
        }
        SampleBlock block = new SampleBlock(rows, columns, List.of(), null);
        for (int row = 0; row < rows; row++) {
            program.put(row, block, row);
        }
    }

    private static float[] read(FloatBuffer buffer) {
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    public Model model() {
        return model;
    }

    @Override
    public void close() {
        program.close();
        parameters.close();
        gradient.close();
    }
}
