package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Role;
import io.covey.trainer.layers.rnn.SimpleRNN;
import io.covey.trainer.memory.NativeFloats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** {@code h' = f(x @ K + h @ R + b)}. */
final class SimpleRnnCell extends RecurrentCell {
    private static final int[] ORDER = {0};

    private final GateFunction function;
    private final KernelProduct recurrent;
    private final KernelGradient recurrentGradient;
    private final FloatBuffer given;
    private final float[] x;
    private final float[] y;

    SimpleRnnCell(Lowering call, SimpleRNN layer, int firstParameter, long stream) {
        super(call, layer, firstParameter, stream);
        function = new GateFunction(call, layer.activation(), rows, units);
        recurrent = recurrentProduct(0, 1, states[0]);
        recurrentGradient =
                gradients ? new KernelGradient(scope, recurrentKernel, List.of(recurrent), gates, steps, rows) : null;
        NativeFloats kept = gradients && function.needsInput() ? scope.floats(Role.VALUE, (long) steps * block) : null;
        given = kept == null ? null : kept.buffer();
        x = new float[block];
        y = new float[block];
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
        loadGates(step, ORDER, y);
        if (given != null) {
            given.put(step * block, y);
        }
        function.forward(y, 0);
        stateBuffers[0].put((step + 1) * block, y);
    }

    @Override
    void backward(int step, float[][] stateGradients) {
        float[] gradient = stateGradients[0];
        stateBuffers[0].get((step + 1) * block, y);
        if (given != null) {
            given.get(step * block, x);
        }
        function.backward(x, y, gradient, 0);
        storeGates(step, ORDER, gradient);
        Arrays.fill(gradient, 0f);
        recurrent.backward(step, gates, gradient);
    }

    @Override
    void finish(long vectorAddress, boolean accumulate) {
        super.finish(vectorAddress, accumulate);
        recurrentGradient.run(vectorAddress, accumulate);
    }
}
