package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Role;
import io.covey.trainer.layers.rnn.RecurrentLayer;
import io.covey.trainer.memory.NativeFloats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * One step of a recurrent layer, and what it keeps of all steps. Everything lies step after step in the order of processing,
 * rows within a step. The inputs' product with the kernel is formed for all steps at once.
 */
abstract class RecurrentCell {
    /** Random numbers of one direction; those of the recurrent dropout begin half-way. */
    static final long STREAM_LENGTH = 1L << 40;

    final OnednnScope scope;
    final boolean gradients;
    final int steps;
    final int rows;
    final int features;
    final int units;
    final int width;
    /** Numbers of one gate in one step. */
    final int block;

    /** In the order of processing; not kept from forward to backward. The place of their gradients, too. */
    final NativeFloats inputs;

    final boolean hasInputGradients;
    /** Each state before the first step and after every step. */
    final NativeFloats[] states;

    final FloatBuffer[] stateBuffers;
    /** The gates' linear part, (steps, rows, width), of each step later the gates, and backward their gradient. */
    final NativeFloats gates;

    final ParameterUse recurrentKernel;

    private final FloatBuffer gateBuffer;
    private final FloatBuffer inputGradientBuffer;
    private final KernelProduct inputProduct;
    private final KernelGradient kernelGradient;
    private final Bias bias;
    private final double recurrentDropout;
    private final Lowering call;
    private final long stream;
    private final float[] inputBlock;

    /**
     * Makes room.
     *
     * @param call lowers the layer itself, or one that has it inside
     * @param firstParameter number of the kernel among the call's variables
     * @param stream number of the first random number
     */
    RecurrentCell(Lowering call, RecurrentLayer layer, int firstParameter, long stream) {
        this.call = call;
        this.stream = stream;
        scope = call.scope();
        gradients = call.needsGradient();
        int[] shape = call.input().value().shape();
        rows = shape[0];
        steps = shape[1];
        features = shape[2];
        units = layer.units();
        width = layer.gates() * units;
        block = rows * units;
        inputs = scope.floats(Role.SCRATCH, (long) steps * rows * features);
        hasInputGradients = call.input().gradient() != null;
        inputGradientBuffer = inputs.buffer();
        inputBlock = new float[rows * features];
        states = new NativeFloats[layer.states()];
        stateBuffers = new FloatBuffer[states.length];
        for (int i = 0; i < states.length; i++) {
            states[i] = scope.floats(Role.VALUE, (long) (steps + 1) * block);
            stateBuffers[i] = states[i].buffer();
        }
        gates = scope.floats(Role.VALUE, (long) steps * rows * width);
        gateBuffer = gates.buffer();
        ParameterUse kernel = call.parameter(firstParameter);
        recurrentKernel = call.parameter(firstParameter + 1);
        boolean masksGates = isDropout(layer.recurrentDropout());
        recurrentDropout = layer.recurrentDropout();
        DropoutMask mask = isDropout(layer.dropout())
                ? new DropoutMask(call, layer.dropout(), stream, masksGates ? layer.gates() : 1, rows * features)
                : null;
        inputProduct = new KernelProduct(scope, kernel, 0, width, inputs, steps, rows, mask, false, false);
        kernelGradient =
                gradients ? new KernelGradient(scope, kernel, List.of(inputProduct), gates, steps, rows) : null;
        bias = layer.hasBias()
                ? new Bias(
                        scope,
                        call.parameter(firstParameter + 2),
                        0,
                        width,
                        gradients && biasGradientIsThatOfGates() ? gates : null,
                        steps * rows)
                : null;
    }

    /** Whether the bias is added once to each gate, so that it has the sum of their gradients. */
    boolean biasGradientIsThatOfGates() {
        return true;
    }

    private boolean isDropout(double rate) {
        return call.isTraining() && rate > 0 && rate < 1;
    }

    /** The product of the first state with gates of the recurrent kernel, each with a dropout of its own. */
    KernelProduct recurrentProduct(int firstGate, int gateCount, NativeFloats source, boolean isApart) {
        DropoutMask mask = isDropout(recurrentDropout)
                ? new DropoutMask(
                        call, recurrentDropout, stream + STREAM_LENGTH / 2 + (long) firstGate * block, gateCount, block)
                : null;
        return new KernelProduct(
                scope,
                recurrentKernel,
                firstGate * units,
                gateCount * units,
                source,
                steps,
                rows,
                mask,
                isApart,
                gradients);
    }

    KernelProduct recurrentProduct(int firstGate, int gateCount, NativeFloats source) {
        return recurrentProduct(firstGate, gateCount, source, false);
    }

    /** Begins a run whose inputs are there. */
    void begin() {
        inputProduct.begin();
        inputProduct.forward(0, steps, gates, 0f);
        if (bias != null) {
            bias.load();
        }
    }

    /** Begins the steps of backward. */
    void beginBackward() {}

    /** Computes the states after a step. */
    abstract void forward(int step);

    /**
     * Turns the gradient of the states after a step into that of the states before it, and keeps the gates' gradient.
     *
     * @param stateGradients of each state
     */
    abstract void backward(int step, float[][] stateGradients);

    /** Computes the gradients of inputs and variables from the gates' of all steps. */
    void finish(long vectorAddress, boolean accumulate) {
        kernelGradient.run(vectorAddress, accumulate);
        if (bias != null) {
            bias.gradient(vectorAddress, accumulate);
        }
        if (!hasInputGradients) {
            return;
        }
        if (!inputProduct.hasDropout()) {
            inputProduct.backwardWhole(steps, gates, inputs);
            return;
        }
        for (int step = 0; step < steps; step++) {
            Arrays.fill(inputBlock, 0f);
            inputProduct.backward(step, gates, inputBlock);
            inputGradientBuffer.put(step * inputBlock.length, inputBlock);
        }
    }

    /** Reads a step's gates with the bias, gate {@code order[j]} as block {@code j}. */
    void loadGates(int step, int[] order, float[] target) {
        for (int j = 0; j < order.length; j++) {
            loadGate(step, order[j], target, j * block);
        }
    }

    /** Reads one gate of a step with the bias. */
    void loadGate(int step, int gate, float[] target, int to) {
        int column = gate * units;
        for (int row = 0; row < rows; row++) {
            gateBuffer.get((step * rows + row) * width + column, target, to + row * units, units);
            if (bias != null) {
                bias.addTo(target, to + row * units, column, units);
            }
        }
    }

    /** Reads what {@link #storeGates} has written. */
    void reloadGates(int step, int[] order, float[] target) {
        for (int j = 0; j < order.length; j++) {
            for (int row = 0; row < rows; row++) {
                gateBuffer.get((step * rows + row) * width + order[j] * units, target, j * block + row * units, units);
            }
        }
    }

    /** Writes a step's gates, or their gradients, in the place of their linear part, block {@code j} as gate {@code order[j]}. */
    void storeGates(int step, int[] order, float[] source) {
        for (int j = 0; j < order.length; j++) {
            for (int row = 0; row < rows; row++) {
                gateBuffer.put((step * rows + row) * width + order[j] * units, source, j * block + row * units, units);
            }
        }
    }
}
