package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.layers.rnn.GRU;
import io.covey.trainer.memory.NativeFloats;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * {@code h' = z * h + (1 - z) * act(x_h + r * q_h)} with {@code q = h @ R + b_R}: the reset gate comes after the product. The
 * products of inputs and state stay apart, and so do their gradients, which differ by r in the gate h.
 */
final class GruCell extends RecurrentCell {
    private static final int[] ORDER = {0, 1, 2};
    private static final int GATES = 3;

    private final GateFunction recurrentFunction;
    private final GateFunction function;
    private final KernelProduct recurrent;
    private final KernelGradient recurrentGradient;
    private final Bias recurrentBias;
    private final NativeFloats products;
    private final FloatBuffer productBuffer;
    private final NativeFloats productGradients;
    private final FloatBuffer productGradientBuffer;
    private final FloatBuffer keptGates;
    private final FloatBuffer keptGiven;
    private final float[] given;
    private final float[] gate;
    private final float[] product;
    private final float[] gateGradient;
    private final float[] before;
    private final float[] after;

    GruCell(Lowering call, GRU layer, int firstParameter, long stream) {
        super(call, layer, firstParameter, stream);
        recurrentFunction = new GateFunction(call, layer.recurrentActivation(), 2 * rows, units);
        function = new GateFunction(call, layer.activation(), rows, units);
        recurrent = recurrentProduct(0, GATES, states[0]);
        products = scope.floats(gates.length());
        productBuffer = products.buffer();
        productGradients = gradients ? scope.floats(gates.length()) : null;
        productGradientBuffer = gradients ? productGradients.buffer() : null;
        recurrentGradient = gradients
                ? new KernelGradient(scope, recurrentKernel, List.of(recurrent), productGradients, steps, rows)
                : null;
        recurrentBias = layer.hasBias()
                ? new Bias(scope, call.parameter(firstParameter + 2), 1, width, productGradients, steps * rows)
                : null;
        boolean keepGiven = gradients && (recurrentFunction.needsInput() || function.needsInput());
        keptGates = gradients ? keep() : null;
        keptGiven = keepGiven ? keep() : null;
        given = new float[GATES * block];
        gate = new float[GATES * block];
        product = new float[GATES * block];
        gateGradient = new float[GATES * block];
        before = new float[block];
        after = new float[block];
    }

    private FloatBuffer keep() {
        return scope.floats((long) steps * GATES * block).buffer();
    }

    @Override
    void begin() {
        super.begin();
        recurrent.begin();
        if (recurrentBias != null) {
            recurrentBias.load();
        }
    }

    @Override
    void forward(int step) {
        recurrent.forward(step, 1, products, 0f);
        loadGates(step, ORDER, gate);
        loadProducts(step);
        for (int i = 0; i < 2 * block; i++) {
            gate[i] += product[i];
        }
        int h = 2 * block;
        if (keptGiven != null) {
            keptGiven.put(step * gate.length, gate, 0, h);
        }
        recurrentFunction.forward(gate, 0);
        for (int i = 0; i < block; i++) {
            gate[h + i] += gate[block + i] * product[h + i];
        }
        if (keptGiven != null) {
            keptGiven.put(step * gate.length + h, gate, h, block);
        }
        function.forward(gate, h);
        stateBuffers[0].get(step * block, before);
        for (int i = 0; i < block; i++) {
            after[i] = gate[i] * before[i] + (1f - gate[i]) * gate[h + i];
        }
        stateBuffers[0].put((step + 1) * block, after);
        if (gradients) {
            keptGates.put(step * gate.length, gate);
        }
    }

    private void loadProducts(int step) {
        for (int gateIndex = 0; gateIndex < GATES; gateIndex++) {
            int column = gateIndex * units;
            for (int row = 0; row < rows; row++) {
                int to = gateIndex * block + row * units;
                productBuffer.get((step * rows + row) * width + column, product, to, units);
                if (recurrentBias != null) {
                    recurrentBias.addTo(product, to, column, units);
                }
            }
        }
    }

    @Override
    void backward(int step, float[][] stateGradients) {
        float[] output = stateGradients[0];
        keptGates.get(step * gate.length, gate);
        loadProducts(step);
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
        for (int i = 0; i < block; i++) {
            gateGradient[block + i] = gateGradient[h + i] * product[h + i];
        }
        recurrentFunction.backward(given, gate, gateGradient, 0);
        storeGateGradients(step, ORDER, gateGradient);
        for (int i = 0; i < block; i++) {
            gateGradient[h + i] *= gate[block + i];
        }
        storeGates(productGradientBuffer, step, ORDER, gateGradient);
        recurrent.backward(step, productGradients, output);
    }

    @Override
    void finish(long vectorAddress, boolean accumulate) {
        super.finish(vectorAddress, accumulate);
        recurrentGradient.run(vectorAddress, accumulate);
        if (recurrentBias != null) {
            recurrentBias.gradient(vectorAddress, accumulate);
        }
    }
}
