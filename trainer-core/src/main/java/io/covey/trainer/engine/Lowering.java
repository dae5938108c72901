package io.covey.trainer.engine;

import io.covey.trainer.layers.Layer;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.random.CounterRandom;
import io.covey.trainer.regularizers.L1L2;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** One call of a layer on its way to operations: its inputs, its variables, and the program that is being built. */
public final class Lowering {
    /** More than any layer has. */
    private static final int MAX_OUTPUTS = 8;

    private final ProgramBuilder program;
    private final String name;
    private final long randomStream;
    private final List<Signal> inputs;
    private final List<ParameterUse> parameters;
    private final List<Boolean> consumed;
    private List<Signal> outputs = List.of();
    private List<Op> apart;
    private List<Signal> noted = List.of();
    private Tensor notedMask;

    Lowering(
            ProgramBuilder program,
            String name,
            long randomStream,
            List<Signal> inputs,
            List<ParameterUse> parameters,
            List<Boolean> consumed) {
        this.program = program;
        this.name = name;
        this.randomStream = randomStream;
        this.inputs = inputs;
        this.parameters = parameters;
        this.consumed = consumed;
    }

    /** The layer's name in the model. */
    public String name() {
        return name;
    }

    /** A key of the random numbers, of this call of the layer. */
    public long randomStream() {
        return randomStream;
    }

    public List<Signal> inputs() {
        return inputs;
    }

    /** The inputs with the masks that {@link GraphMasks} notes; empty where those are the inputs' own. */
    public List<Signal> noted() {
        return noted;
    }

    void setNoted(List<Signal> newNoted) {
        noted = newNoted;
    }

    /** Says what mask the output has if the inputs have those of {@link #noted}; null for none. */
    public void noteMask(Tensor mask) {
        notedMask = mask;
    }

    Tensor notedMask() {
        return notedMask;
    }

    /** The only input. */
    public Signal input() {
        return inputs.get(0);
    }

    /** The only input in C order. */
    public Signal plainInput() {
        return plain(input());
    }

    /** Variable {@code index} in the order of {@link Layer#weights}. */
    public ParameterUse parameter(int index) {
        return parameters.get(index);
    }

    public List<ParameterUse> parameters() {
        return parameters;
    }

    /** Samples in the micro-batch; inside a wrapper over time steps, all their time steps. */
    public int rows() {
        return input().value().rows();
    }

    /** Keras' {@code training} argument: dropout drops, batch normalization uses the batch. */
    public boolean isTraining() {
        return program.options().training();
    }

    /** Whether the gradient of the outputs is needed, for an input or for a variable. */
    public boolean needsGradient() {
        return program.options().gradients()
                && (inputs.stream().anyMatch(input -> input.gradient() != null)
                        || parameters.stream().anyMatch(ParameterUse::isTrainable));
    }

    /** Whether anything reads output {@code index}; if not, nobody writes its gradient. */
    public boolean isConsumed(int index) {
        return consumed.get(index);
    }

    public OnednnScope scope() {
        return program.scope();
    }

    /** What makes random numbers of a run. */
    public RunKey runKey() {
        return program.runKey();
    }

    /** Where stateful layers find the states of a run. */
    public StateRows stateRows() {
        return program.stateRows();
    }

    /** The first column of a stateful layer, the called one or one inside it, in {@link #stateRows}. */
    public int stateColumn(Layer stateful) {
        return program.stateRows().column(stateful);
    }

    /** A plain signal with a gradient if one is needed. */
    public Signal signal(int... shapeWithRows) {
        return new Signal(
                scope().tensor(Role.VALUE, shapeWithRows),
                needsGradient() ? scope().tensor(Role.GRADIENT, shapeWithRows) : null);
    }

    /** A signal in a format of oneDNN's with a gradient if one is needed. */
    public Signal signal(dnnl_memory_desc desc, int... shapeWithRows) {
        return new Signal(
                scope().tensor(Role.VALUE, desc, shapeWithRows),
                needsGradient() ? scope().tensor(Role.GRADIENT, desc, shapeWithRows) : null);
    }

    /**
     * The same numbers in a format of oneDNN's; itself if they are. If not, the call must not read those of {@code signal} itself
     * backward.
     */
    public Signal formatted(Signal signal, dnnl_memory_desc desc) {
        return program.formatted(signal, desc);
    }

    /** A plain signal shaped like another one. */
    public Signal signalLike(Signal other) {
        return signal(other.value().shape());
    }

    /** The same numbers in C order; itself if they are. If not, the call must not read those of {@code signal} itself backward. */
    public Signal plain(Signal signal) {
        return program.plain(signal);
    }

    /** The same numbers in C order under another shape of the same size. */
    public Signal reshaped(Signal signal, int... shapeWithRows) {
        Signal plain = plain(signal);
        return new Signal(
                scope().view(plain.value(), shapeWithRows),
                plain.gradient() == null ? null : scope().view(plain.gradient(), shapeWithRows));
    }

    /** Adds an operation, to be run after those added before. */
    public void add(Op op) {
        if (apart == null) {
            program.add(name, op);
        } else {
            apart.add(op);
        }
    }

    /** The same call with its operations kept in {@code ops}, for an operation that runs them itself. */
    public Lowering apart(List<Op> ops) {
        Lowering lowering = new Lowering(program, name, randomStream, inputs, parameters, consumed);
        lowering.apart = ops;
        return lowering;
    }

    /** One signal for each of several readers inside this call; their gradients are added. */
    public List<Signal> fork(Signal signal, int readers) {
        if (signal.gradient() == null) {
            return Collections.nCopies(readers, signal);
        }
        AddGradients sum = new AddGradients(signal.gradient());
        add(sum);
        List<Signal> forks = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            Tensor gradient = i == 0 ? signal.gradient() : scope().tensorLike(Role.GRADIENT, signal.gradient());
            sum.from(gradient);
            forks.add(new Signal(signal.value(), gradient, null, signal.mask()));
        }
        return forks;
    }

    /** Backward needs the numbers of a signal no more, neither of an input nor of one that this call made. */
    public void forget(Signal signal) {
        scope().buffers().forget(signal.value().values());
    }

    /** Names the outputs. */
    public void output(Signal... signals) {
        outputs = List.of(signals);
    }

    List<Signal> outputs() {
        return outputs;
    }

    /**
     * Lowers a layer inside this one.
     *
     * @param inner the inner layer
     * @param innerInputs what it reads
     * @param firstParameter number of its first variable among this layer's
     * @param parameterCount number of its variables
     * @return its outputs
     */
    public List<Signal> lower(Layer inner, List<Signal> innerInputs, int firstParameter, int parameterCount) {
        return lowerInside(
                inner, innerInputs, randomStream, parameters.subList(firstParameter, firstParameter + parameterCount));
    }

    /**
     * Lowers a layer inside this one that is applied several times, with all of this layer's variables.
     *
     * @param index which time it is, from 0
     * @param times how often it is applied
     * @return its outputs
     */
    public List<Signal> lowerRepeated(Layer inner, List<Signal> innerInputs, int index, int times) {
        return lowerInside(
                inner,
                innerInputs,
                CounterRandom.key(randomStream, index, times, 0),
                parameters.stream().map(use -> use.part(index, times)).toList());
    }

    /** Names what a layer without variables makes of {@code signal} as the only output. */
    public void outputOf(Layer inner, Signal signal) {
        output(lower(inner, List.of(signal), 0, 0).get(0));
    }

    private List<Signal> lowerInside(Layer inner, List<Signal> innerInputs, long stream, List<ParameterUse> uses) {
        Lowering lowering =
                new Lowering(program, name, stream, innerInputs, uses, Collections.nCopies(MAX_OUTPUTS, true));
        program.beginLayer(innerInputs);
        List<Signal> made = program.lower(inner, lowering);
        program.endLayer(lowering.needsGradient());
        made.forEach(program::use);
        return made;
    }

    /** Lowers a model inside this layer, whose inputs and variables are this layer's; returns its outputs. */
    public List<Signal> lower(Model inner) {
        Map<ParameterSpec, ParameterUse> uses = new HashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            uses.put(inner.layout().parameters().get(i), parameters.get(i));
        }
        GraphLowering graph = GraphLowering.inner(program, inner, uses::get, consumed, randomStream);
        for (int i = 0; i < inputs.size(); i++) {
            graph.input(inner.inputs().get(i), inputs.get(i));
        }
        graph.lowerAll();
        return inner.outputs().stream().map(graph::consume).toList();
    }

    /** Adds a penalty on one of several outputs inside this layer to the loss; {@code regularizer} null for none. */
    public Signal penalized(L1L2 regularizer, Signal output, boolean isConsumed) {
        return regularizer == null ? output : program.penalized(name, regularizer, output, isConsumed);
    }

    /** The specification of variable {@code index}. */
    public ParameterSpec spec(int index) {
        return parameter(index).parameter().spec();
    }
}
