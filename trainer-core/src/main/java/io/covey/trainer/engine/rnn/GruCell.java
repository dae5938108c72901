package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.HeapGradient;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Role;
import io.covey.trainer.layers.rnn.GRU;
import io.covey.trainer.memory.NativeFloats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * {@code h' = z * h + (1 - z) * act(x_h + r * q)} with {@code q = h @ R_h + b_R}: the reset gate comes after the product. In the
 * gates z and r the products of inputs and state are one sum; in h they stay apart, and so do their gradients, which differ by r.
 */
final class GruCell extends RecurrentCell {
    private static final int[] ORDER = {0, 1, 2};
    private static final int GATES = 3;

    private final GateFunction recurrentFunction;
    private final GateFunction function;
    private final KernelProduct recurrent;
    private final KernelProduct candidate;
    private final KernelGradient recurrentGradient;
    private final Bias recurrentBias;
    private final HeapGradient finishedBias;
    /** q of every step, and backward its gradient. */
    private final NativeFloats products;

    private final FloatBuffer productBuffer;
    private final FloatBuffer keptGiven;
    private final float[] given;
    private final float[] gate;
    private final float[] product;
    private final float[] gateGradient;
    private final float[] before;
    private final float[] after;
    private final double[] biasSums;
    private final float[] biasGradient;

    GruCell(Lowering call, GRU layer, int firstParameter, long stream) {
        super(call, layer, firstParameter, stream);
        recurrentFunction = new GateFunction(call, layer.recurrentActivation(), 2 * rows, units);
        function = new GateFunction(call, layer.activation(), rows, units);
        recurrent = recurrentProduct(0, 2, states[0]);
        candidate = recurrentProduct(2, 1, states[0], true);
        products = scope.floats(Role.VALUE, (long) steps * block);
        productBuffer = products.buffer();
        recurrentGradient = gradients
                ? new KernelGradient(
                        scope,
                        recurrentKernel,
                        List.of(recurrent, candidate),
                        List.of(gates, products),
                        steps,
                        rows)
                : null;
        boolean hasBias = layer.hasBias();
        recurrentBias = hasBias ? new Bias(scope, call.parameter(firstParameter + 2), 1, width, null, 0) : null;
        finishedBias = hasBias ? new HeapGradient(scope, call.parameter(firstParameter + 2)) : null;
        boolean keepGiven = gradients && (recurrentFunction.needsInput() || function.needsInput());
        keptGiven = keepGiven
                ? scope.floats(Role.VALUE, (long) steps * GATES * block).buffer()
                : null;
        given = new float[GATES * block];
        gate = new float[GATES * block];
        product = new float[block];
        gateGradient = new float[GATES * block];
        before = new float[block];
        after = new float[block];
        biasSums = new double[2 * width];
        biasGradient = new float[2 * width];
    }

    @Override
    boolean biasGradientIsThatOfGates() {
        return false;
    }

    @Override
    void begin() {
        super.begin();
        recurrent.begin();
        candidate.begin();
        if (recurrentBias != null) {
            recurrentBias.load();
        }
        Arrays.fill(biasSums, 0);
    }

    @Override
    void forward(int step) {
        recurrent.forward(step, 1, gates, 1f);
        candidate.forward(step, 1, products, 0f);
        loadGates(step, ORDER, gate);
        productBuffer.get(step * block, product);
        for (int row = 0; recurrentBias != null && row < rows; row++) {
            int from = row * units;
            recurrentBias.addTo(gate, from, 0, units);
            recurrentBias.addTo(gate, block + from, units, units);
            recurrentBias.addTo(product, from, 2 * units, units);
        }
        int h = 2 * block;
        if (keptGiven != null) {
            keptGiven.put(step * gate.length, gate, 0, h);
        }
        recurrentFunction.forward(gate, 0);
        for (int i = 0; i < block; i++) {
            gate[h + i] += gate[block + i] * product[i];
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
            storeGates(step, ORDER, gate);
            productBuffer.put(step * block, product);
        }
    }

    @Override
    void backward(int step, float[][] stateGradients) {
        float[] output = stateGradients[0];
        reloadGates(step, ORDER, gate);
        productBuffer.get(step * block, product);
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
            gateGradient[block + i] = gateGradient[h + i] * product[i];
        }
        recurrentFunction.backward(given, gate, gateGradient, 0);
        storeGates(step, ORDER, gateGradient);
        for (int i = 0; i < block; i++) {
            product[i] = gateGradient[h + i] * gate[block + i];
        }
        productBuffer.put(step * block, product);
        addBiasGradients();
        recurrent.backward(step, gates, output);
        candidate.backward(step, products, output);
    }

    /** The two rows of the bias have the same gradient in z and r. */
    private void addBiasGradients() {
        for (int i = 0; finishedBias != null && i < block; i++) {
            int unit = i % units;
            for (int j = 0; j < GATES; j++) {
                biasSums[j * units + unit] += gateGradient[j * block + i];
            }
            biasSums[width + 2 * units + unit] += product[i];
        }
    }

    @Override
    void finish(long vectorAddress, boolean accumulate) {
        super.finish(vectorAddress, accumulate);
        recurrentGradient.run(vectorAddress, accumulate);
        if (finishedBias == null) {
            return;
        }
        System.arraycopy(biasSums, 0, biasSums, width, 2 * units);
        for (int i = 0; i < biasGradient.length; i++) {
            biasGradient[i] = (float) biasSums[i];
        }
        finishedBias.write(biasGradient, vectorAddress, accumulate);
    }
}
