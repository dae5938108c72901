package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Role;
import io.covey.trainer.layers.rnn.GRU;
import io.covey.trainer.memory.NativeFloats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** {@code h' = z * h + (1 - z) * act(x_h + (r * h) @ R_h)}: the reset gate comes before the product. */
final class GruResetBeforeCell extends RecurrentCell {
    private static final int[] ORDER = {0, 1, 2};
    private static final int[] UPDATE_AND_RESET = {0, 1};
    private static final int GATES = 3;

    private final GateFunction recurrentFunction;
    private final GateFunction function;
    private final KernelProduct recurrent;
    private final KernelProduct candidate;
    private final KernelGradient recurrentGradient;
    private final FloatBuffer resetStates;
    private final FloatBuffer keptGiven;
    private final float[] given;
    private final float[] gate;
    private final float[] gateGradient;
    private final float[] before;
    private final float[] reset;

    GruResetBeforeCell(Lowering call, GRU layer, int firstParameter, long stream) {
        super(call, layer, firstParameter, stream);
        recurrentFunction = new GateFunction(call, layer.recurrentActivation(), 2 * rows, units);
        function = new GateFunction(call, layer.activation(), rows, units);
        NativeFloats resets = scope.floats(Role.VALUE, (long) steps * block);
        resetStates = resets.buffer();
        recurrent = recurrentProduct(0, 2, states[0]);
        candidate = recurrentProduct(2, 1, resets);
        recurrentGradient = gradients
                ? new KernelGradient(scope, recurrentKernel, List.of(recurrent, candidate), gates, steps, rows)
                : null;
        boolean keepGiven = gradients && (recurrentFunction.needsInput() || function.needsInput());
        keptGiven = keepGiven
                ? scope.floats(Role.VALUE, (long) steps * GATES * block).buffer()
                : null;
        given = new float[GATES * block];
        gate = new float[GATES * block];
        gateGradient = new float[GATES * block];
        before = new float[block];
        reset = new float[block];
    }

    @Override
    void begin() {
        super.begin();
        recurrent.begin();
        candidate.begin();
    }

    @Override
    void forward(int step) {
        recurrent.forward(step, 1, gates, 1f);
        loadGates(step, UPDATE_AND_RESET, gate);
        int h = 2 * block;
        if (keptGiven != null) {
            keptGiven.put(step * gate.length, gate, 0, h);
        }
        recurrentFunction.forward(gate, 0);
        stateBuffers[0].get(step * block, before);
        for (int i = 0; i < block; i++) {
            reset[i] = gate[block + i] * before[i];
        }
        resetStates.put(step * block, reset);
        candidate.forward(step, 1, gates, 1f);
        loadGate(step, 2, gate, h);
        if (keptGiven != null) {
            keptGiven.put(step * gate.length + h, gate, h, block);
        }
        function.forward(gate, h);
        for (int i = 0; i < block; i++) {
            reset[i] = gate[i] * before[i] + (1f - gate[i]) * gate[h + i];
        }
        stateBuffers[0].put((step + 1) * block, reset);
        if (gradients) {
            storeGates(step, ORDER, gate);
        }
    }

    @Override
    void backward(int step, float[][] stateGradients) {
        float[] output = stateGradients[0];
        reloadGates(step, ORDER, gate);
        stateBuffers[0].get(step * block, before);
        if (keptGiven != null) {
            keptGiven.get(step * given.length, given);
        }
        int h = 2 * block;
        for (int i = 0; i < block; i++) {
            gateGradient[i] = output[i] * (before[i] - gate[h + i]);
            gateGradient[h + i] = output[i] * (1f - gate[i]);
            output[i] *= gate[i];
        }
        function.backward(given, gate, gateGradient, h);
        storeGates(step, ORDER, gateGradient);
        Arrays.fill(reset, 0f);
        candidate.backward(step, gates, reset);
        for (int i = 0; i < block; i++) {
            gateGradient[block + i] = reset[i] * before[i];
            output[i] += reset[i] * gate[block + i];
        }
        recurrentFunction.backward(given, gate, gateGradient, 0);
        storeGates(step, UPDATE_AND_RESET, gateGradient);
        recurrent.backward(step, gates, output);
    }

    @Override
    void finish(long vectorAddress, boolean accumulate) {
        super.finish(vectorAddress, accumulate);
        recurrentGradient.run(vectorAddress, accumulate);
    }
}
