package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Role;
import io.covey.trainer.layers.rnn.LSTM;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** {@code c' = f * c + i * g}, {@code h' = o * act(c')}; the kernels' columns are i, f, g, o. */
final class LstmCell extends RecurrentCell {
    /** The gates with the recurrent activation first: i, f, o, g. */
    private static final int[] ORDER = {0, 1, 3, 2};

    private static final int GATES = 4;

    private final GateFunction recurrentFunction;
    private final GateFunction function;
    private final KernelProduct recurrent;
    private final KernelGradient recurrentGradient;
    private final FloatBuffer keptGiven;
    private final float[] given;
    private final float[] gate;
    private final float[] gateGradient;
    private final float[] before;
    private final float[] carry;
    private final float[] squashed;

    LstmCell(Lowering call, LSTM layer, int firstParameter, long stream) {
        super(call, layer, firstParameter, stream);
        recurrentFunction = new GateFunction(call, layer.recurrentActivation(), 3 * rows, units);
        function = new GateFunction(call, layer.activation(), rows, units);
        recurrent = recurrentProduct(0, GATES, states[0]);
        recurrentGradient =
                gradients ? new KernelGradient(scope, recurrentKernel, List.of(recurrent), gates, steps, rows) : null;
        boolean keepGiven = gradients && (recurrentFunction.needsInput() || function.needsInput());
        keptGiven = keepGiven
                ? scope.floats(Role.VALUE, (long) steps * GATES * block).buffer()
                : null;
        given = new float[GATES * block];
        gate = new float[GATES * block];
        gateGradient = new float[GATES * block];
        before = new float[block];
        carry = new float[block];
        squashed = new float[block];
    }

    @Override
    void begin() {
        super.begin();
        recurrent.begin();
    }

    @Override
    void beginBackward() {
        recurrent.beginBackward();
    }

    @Override
    void forward(int step) {
        recurrent.forward(step, 1, gates, 1f);
        loadGates(step, ORDER, gate);
        if (keptGiven != null) {
            keptGiven.put(step * gate.length, gate);
        }
        recurrentFunction.forward(gate, 0);
        function.forward(gate, 3 * block);
        stateBuffers[1].get(step * block, before);
        for (int i = 0; i < block; i++) {
            carry[i] = gate[block + i] * before[i] + gate[i] * gate[3 * block + i];
        }
        stateBuffers[1].put((step + 1) * block, carry);
        function.forward(carry, 0);
        if (gradients) {
            storeGates(step, ORDER, gate);
        }
        for (int i = 0; i < block; i++) {
            carry[i] *= gate[2 * block + i];
        }
        stateBuffers[0].put((step + 1) * block, carry);
    }

    @Override
    void backward(int step, float[][] stateGradients) {
        float[] output = stateGradients[0];
        float[] carried = stateGradients[1];
        reloadGates(step, ORDER, gate);
        stateBuffers[1].get(step * block, before);
        stateBuffers[1].get((step + 1) * block, carry);
        // Once more, as keeping it would take a sixth more memory.
        System.arraycopy(carry, 0, squashed, 0, block);
        function.forward(squashed, 0);
        if (keptGiven != null) {
            keptGiven.get(step * given.length, given);
        }
        for (int i = 0; i < block; i++) {
            gateGradient[2 * block + i] = output[i] * squashed[i];
            output[i] *= gate[2 * block + i];
        }
        function.backward(carry, squashed, output, 0);
        for (int i = 0; i < block; i++) {
            float total = carried[i] + output[i];
            gateGradient[i] = total * gate[3 * block + i];
            gateGradient[block + i] = total * before[i];
            gateGradient[3 * block + i] = total * gate[i];
            carried[i] = total * gate[block + i];
        }
        recurrentFunction.backward(given, gate, gateGradient, 0);
        function.backward(given, gate, gateGradient, 3 * block);
        storeGates(step, ORDER, gateGradient);
        Arrays.fill(output, 0f);
        recurrent.backward(step, gates, output);
    }

    @Override
    void finish(long vectorAddress, boolean accumulate) {
        super.finish(vectorAddress, accumulate);
        recurrentGradient.run(vectorAddress, accumulate);
    }
}
