package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.Callback;
import io.covey.trainer.callbacks.CallbackList;
import io.covey.trainer.callbacks.CallbackParams;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.OutputsOnly;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keras' {@code predict}: a model's outputs for rows of data, in batches, in inference mode. Needs no loss. */
public final class Predictor {
    private final Model model;
    private final float inputScale;
    private final int batchSize;
    private final CallbackList callbacks;
    /** Penalties are added to it. */
    private final MetricState ignored = MetricState.zero(StateLayout.LOSS + 1);

    /**
     * A predictor.
     *
     * @param inputScale factor on every input value that is not an integer, 1 for none
     * @param batchSize rows per batch, at least 1
     * @param callbacks whose predict hooks are called
     */
    public Predictor(Model model, float inputScale, int batchSize, List<? extends Callback> callbacks) {
        if (batchSize < 1) {
            throw CoveyException.caller("batch_size is " + batchSize + ", it must be at least 1");
        }
        this.model = model;
        this.inputScale = inputScale;
        this.batchSize = batchSize;
        this.callbacks = new CallbackList(List.copyOf(callbacks));
    }

    /**
     * The outputs for all rows of {@code block}, whose targets are not looked at.
     *
     * @param parameters the flat parameter vector
     * @param states of stateful layers, which go on from batch to batch
     * @param steps number of batches that was asked for, which callbacks hear where there are less; 0 for all
     * @return an array for each output of the model: its values for row i at [i * size, (i + 1) * size), in C order
     * @throws CoveyException a caller's error when the block's columns do not fit the model
     */
    public List<float[]> predict(NativeFloats parameters, LayerStates states, SampleBlock block, long steps) {
        SampleChecks.requireShapes("the data", block.inputs(), model);
        if (block.rows() == 0) {
            throw CoveyException.caller("predict needs at least 1 row, the data has none");
        }
        StatefulLayers.checkBatches("the data", model, block.rows(), batchSize);
        NativeLibraries.setThreadsOfThisThread(1);
        int rows = block.rows();
        List<float[]> outputs = model.outputs().stream()
                .map(value -> new float[Math.multiplyExact(rows, value.size())])
                .toList();
        callbacks.setParams(new CallbackParams(1, Math.max(steps, (rows + batchSize - 1) / batchSize)));
        callbacks.onPredictBegin();
        int full = Math.min(batchSize, rows);
        int rest = rows % full;
        int batch = 0;
        try (Program program = compile(block, full)) {
            states.give(program, 0);
            for (int first = 0; first + full <= rows; first += full) {
                run(program, parameters, block, first, batch++, outputs);
            }
        }
        if (rest > 0) {
            try (Program program = compile(block, rest)) {
                run(program, parameters, block, rows - rest, batch, outputs);
            }
        }
        callbacks.onPredictEnd();
        return outputs;
    }

    private Program compile(SampleBlock block, int rows) {
        List<InputFormat> formats = block.inputs().stream().map(InputFormat::of).toList();
        return Program.compile(model, new OutputsOnly(), formats, inputScale, rows, ProgramOptions.INFERENCE);
    }

    private void run(
            Program program, NativeFloats parameters, SampleBlock block, int first, int batch, List<float[]> outputs) {
        int rows = program.rows();
        for (int row = 0; row < rows; row++) {
            program.put(row, block, first + row);
        }
        program.forward(parameters.address(), ignored);
        List<float[]> ofBatch = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            int size = model.outputs().get(i).size();
            program.outputs(i).get(outputs.get(i), first * size, rows * size);
            if (callbacks.hearsBatches()) {
                float[] copy = new float[rows * size];
                System.arraycopy(outputs.get(i), first * size, copy, 0, copy.length);
                ofBatch.add(copy);
            }
        }
        callbacks.onPredictBatch(batch, Map.of("outputs", ofBatch));
    }
}
