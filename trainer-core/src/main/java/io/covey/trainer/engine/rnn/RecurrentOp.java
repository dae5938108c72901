package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.Signal;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** A recurrent layer: its cell goes over the time axis, forth in forward and back in backward. */
final class RecurrentOp implements Op {
    private final RecurrentCell cell;
    private final boolean goesBackwards;
    private final SequenceMask mask;
    private final SequenceOutput output;
    private final FloatBuffer in;
    private final FloatBuffer inGradient;
    private final FloatBuffer inputs;
    private final FloatBuffer out;
    private final FloatBuffer outGradient;
    private final FloatBuffer[] initialStates;
    private final FloatBuffer[] initialGradients;
    private final CarriedStates carried;
    private final FloatBuffer[] lastStates;
    private final FloatBuffer[] lastGradients;
    private final float[] zeros;
    private final float[] noState;
    private final float[][] gradients;
    private final float[][] passed;
    private final float[] pending;

    /**
     * A layer's operation.
     *
     * @param in (rows, steps, features)
     * @param initialStates one for each state, or none for those carried over, or zeros
     * @param carried those of a stateful layer, else null
     * @param lastStates what the states after the last step go to, or none
     */
    RecurrentOp(
            RecurrentCell cell,
            boolean goesBackwards,
            SequenceMask mask,
            Signal in,
            List<Signal> initialStates,
            CarriedStates carried,
            SequenceOutput output,
            List<SequenceOutput> lastStates) {
        this.cell = cell;
        this.goesBackwards = goesBackwards;
        this.mask = mask;
        this.output = output;
        this.in = in.value().values().buffer();
        inGradient = in.gradient() == null ? null : in.gradient().values().buffer();
        inputs = cell.inputs.buffer();
        out = output.values();
        outGradient = output.gradients();
        this.initialStates = initialStates.stream()
                .map(state -> state.value().values().buffer())
                .toArray(FloatBuffer[]::new);
        initialGradients = initialStates.stream()
                .map(state -> state.gradient() == null
                        ? null
                        : state.gradient().values().buffer())
                .toArray(FloatBuffer[]::new);
        this.carried = carried;
        this.lastStates = lastStates.stream().map(SequenceOutput::values).toArray(FloatBuffer[]::new);
        lastGradients = lastStates.stream().map(SequenceOutput::gradients).toArray(FloatBuffer[]::new);
        zeros = new float[cell.units];
        noState = new float[cell.block];
        gradients = new float[cell.states.length][cell.block];
        passed = new float[cell.states.length][cell.block];
        pending = new float[cell.block];
    }

    private int time(int step) {
        return goesBackwards ? cell.steps - 1 - step : step;
    }

    private void loadInputs() {
        int features = cell.features;
        for (int step = 0; step < cell.steps; step++) {
            for (int row = 0; row < cell.rows; row++) {
                int from = (row * cell.steps + time(step)) * features;
                inputs.put((step * cell.rows + row) * features, in, from, features);
            }
        }
    }

    @Override
    public void forward() {
        loadInputs();
        for (int i = 0; i < cell.stateBuffers.length; i++) {
            if (initialStates.length == 0) {
                cell.stateBuffers[i].put(0, noState);
            } else {
                cell.stateBuffers[i].put(0, initialStates[i], 0, cell.block);
            }
        }
        if (carried != null && initialStates.length == 0) {
            carried.load(cell);
        }
        mask.load();
        cell.begin();
        for (int step = 0; step < cell.steps; step++) {
            cell.forward(step);
            keepMaskedStates(step);
            if (output.hasTime() || step == cell.steps - 1) {
                writeOutput(step);
            }
        }
        for (int i = 0; i < lastStates.length; i++) {
            lastStates[i].put(0, cell.stateBuffers[i], cell.steps * cell.block, cell.block);
        }
        if (carried != null) {
            carried.save(cell);
        }
    }

    private void keepMaskedStates(int step) {
        if (!mask.exists()) {
            return;
        }
        for (int row = 0; row < cell.rows; row++) {
            if (mask.isMasked(step, row)) {
                int before = step * cell.block + row * cell.units;
                for (FloatBuffer state : cell.stateBuffers) {
                    state.put(before + cell.block, state, before, cell.units);
                }
            }
        }
    }

    private void writeOutput(int step) {
        for (int row = 0; row < cell.rows; row++) {
            int source = mask.source(step, row);
            int to = output.index(step, row);
            if (source == SequenceMask.NONE) {
                out.put(to, zeros);
            } else {
                int from = (source + 1) * cell.block + row * cell.units;
                out.put(to, cell.stateBuffers[0], from, cell.units);
            }
        }
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (!cell.gradients) {
            return;
        }
        for (int i = 0; i < gradients.length; i++) {
            if (i < lastGradients.length && lastGradients[i] != null) {
                lastGradients[i].get(0, gradients[i]);
            } else {
                Arrays.fill(gradients[i], 0f);
            }
        }
        Arrays.fill(pending, 0f);
        cell.beginBackward();
        for (int step = cell.steps - 1; step >= 0; step--) {
            if (outGradient != null && (output.hasTime() || step == cell.steps - 1)) {
                readOutputGradient(step);
            }
            addPending(step);
            holdMaskedGradients(step);
            cell.backward(step, gradients);
            restoreMaskedGradients(step);
        }
        loadInputs();
        cell.finish(gradientAddress, accumulate);
        writeInputGradients();
    }

    /** Adds to the gradient that waits for the step whose state the output shows; where that is none, it ends. */
    private void readOutputGradient(int step) {
        for (int row = 0; row < cell.rows; row++) {
            if (mask.source(step, row) != SequenceMask.NONE) {
                int from = output.index(step, row);
                int to = row * cell.units;
                for (int i = 0; i < cell.units; i++) {
                    pending[to + i] += outGradient.get(from + i);
                }
            }
        }
    }

    private void addPending(int step) {
        float[] states = gradients[0];
        for (int row = 0; row < cell.rows; row++) {
            if (!mask.isMasked(step, row)) {
                int from = row * cell.units;
                for (int i = from; i < from + cell.units; i++) {
                    states[i] += pending[i];
                    pending[i] = 0f;
                }
            }
        }
    }

    /** A masked row's gradient goes past the cell, which sees zeros. */
    private void holdMaskedGradients(int step) {
        if (!mask.exists()) {
            return;
        }
        for (int row = 0; row < cell.rows; row++) {
            if (mask.isMasked(step, row)) {
                int from = row * cell.units;
                for (int state = 0; state < gradients.length; state++) {
                    System.arraycopy(gradients[state], from, passed[state], from, cell.units);
                    Arrays.fill(gradients[state], from, from + cell.units, 0f);
                }
            }
        }
    }

    private void restoreMaskedGradients(int step) {
        if (!mask.exists()) {
            return;
        }
        for (int row = 0; row < cell.rows; row++) {
            if (mask.isMasked(step, row)) {
                int from = row * cell.units;
                for (int state = 0; state < gradients.length; state++) {
                    System.arraycopy(passed[state], from, gradients[state], from, cell.units);
                }
            }
        }
    }

    private void writeInputGradients() {
        for (int i = 0; i < initialGradients.length; i++) {
            if (initialGradients[i] != null) {
                initialGradients[i].put(0, gradients[i]);
            }
        }
        if (inGradient == null) {
            return;
        }
        int features = cell.features;
        for (int step = 0; step < cell.steps; step++) {
            for (int row = 0; row < cell.rows; row++) {
                int to = (row * cell.steps + time(step)) * features;
                inGradient.put(to, inputs, (step * cell.rows + row) * features, features);
            }
        }
    }
}
