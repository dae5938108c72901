package io.covey.trainer.layers.rnn;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.LayerTypes;
import io.covey.trainer.layers.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two recurrent layers over the same sequence, in opposite directions. Further inputs are the initial states, first those of
 * the forward layer. The backward layer's sequence is turned round before it is merged.
 */
public final class Bidirectional extends Layer {
    private static final long serialVersionUID = 1L;

    /** How the two outputs become one. */
    public enum MergeMode {
        CONCAT,
        SUM,
        MUL,
        AVE,
        /** They stay two outputs. */
        NONE
    }

    private final RecurrentLayer forward;
    private final RecurrentLayer backward;
    private final MergeMode mergeMode;

    /** Reads Keras' arguments; {@code layer} is required. */
    public Bidirectional(Arguments arguments) {
        super(arguments);
        RecurrentLayer given = recurrent(arguments, "layer");
        if (given == null) {
            throw arguments.error("layer", "is missing, it must be a recurrent layer, for example LSTM");
        }
        RecurrentLayer opposite = recurrent(arguments, "backward_layer");
        boolean zeroes = given.returnsSequences();
        forward = zeroing(prefixed(given, "forward_"), zeroes);
        backward = zeroing(
                opposite != null
                        ? opposite
                        : prefixed(
                                (RecurrentLayer) given.copy(given.arguments().with("go_backwards", true)), "backward_"),
                zeroes);
        if (arguments.raw("weights", null) != null) {
            throw arguments.error("weights", "is given, weights are set on the model: leave it out");
        }
        mergeMode = arguments.given().containsKey("merge_mode")
                        && arguments.given().get("merge_mode") == null
                ? MergeMode.NONE
                : MergeMode.values()[
                        List.of("concat", "sum", "mul", "ave")
                                .indexOf(arguments.choice("merge_mode", "concat", "concat", "sum", "mul", "ave"))];
        arguments.ignore("merge_mode");
        checkDirections();
    }

    /** A layer with Keras' defaults. */
    public Bidirectional(RecurrentLayer layer) {
        this(Arguments.of("Bidirectional", Map.of("layer", layer)));
    }

    private static RecurrentLayer recurrent(Arguments arguments, String name) {
        Layer layer = arguments.object(name, Layer.class, null, LayerTypes::read);
        if (layer != null && !(layer instanceof RecurrentLayer)) {
            throw arguments.error(name, "is " + layer.className() + ", it must be a recurrent layer, for example LSTM");
        }
        return (RecurrentLayer) layer;
    }

    private static RecurrentLayer prefixed(RecurrentLayer layer, String prefix) {
        String name = layer.name() == null ? LayerTypes.snakeCase(layer.className()) : layer.name();
        return (RecurrentLayer) layer.named(name.startsWith(prefix) ? name : prefix + name);
    }

    /** Keras lets masked steps have a zero output exactly when sequences are returned. */
    private static RecurrentLayer zeroing(RecurrentLayer layer, boolean zeroes) {
        return (RecurrentLayer) layer.copy(layer.arguments().with("zero_output_for_mask", zeroes));
    }

    private void checkDirections() {
        if (forward.goesBackwards() == backward.goesBackwards()) {
            throw error("layer and backward_layer have the same go_backwards, it must differ");
        }
        if (forward.returnsSequences() != backward.returnsSequences()
                || forward.returnsState() != backward.returnsState()
                || forward.isStateful() != backward.isStateful()) {
            throw error(
                    "layer and backward_layer differ in return_sequences, return_state or stateful, they must agree");
        }
    }

    @Override
    public Bidirectional copy(Arguments newArguments) {
        return new Bidirectional(newArguments);
    }

    public RecurrentLayer forwardLayer() {
        return forward;
    }

    public RecurrentLayer backwardLayer() {
        return backward;
    }

    public MergeMode mergeMode() {
        return mergeMode;
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return outputShapes(inputShapes).get(0);
    }

    @Override
    public List<List<Integer>> outputShapes(List<List<Integer>> inputShapes) {
        int states = inputShapes.size() - 1;
        if (states % 2 != 0) {
            throw error(
                    "takes an even number of initial states, half of them for each direction, it is given " + states);
        }
        List<List<Integer>> ahead = forward.outputShapes(inputsOf(inputShapes, 0));
        List<List<Integer>> back = backward.outputShapes(inputsOf(inputShapes, 1));
        List<Integer> first = new ArrayList<>(ahead.get(0));
        List<List<Integer>> outputs = new ArrayList<>();
        if (mergeMode == MergeMode.CONCAT) {
            first.set(first.size() - 1, forward.units() + backward.units());
        } else if (mergeMode != MergeMode.NONE && forward.units() != backward.units()) {
            throw error("layer has " + forward.units() + " units and backward_layer " + backward.units()
                    + ", only merge_mode concat can join them");
        }
        outputs.add(first);
        if (mergeMode == MergeMode.NONE) {
            outputs.add(back.get(0));
        }
        outputs.addAll(ahead.subList(1, ahead.size()));
        outputs.addAll(back.subList(1, back.size()));
        return outputs;
    }

    /** Of this layer's inputs the sequence and the states of one direction: 0 forward, 1 backward. */
    public static <T> List<T> inputsOf(List<T> inputs, int direction) {
        int half = (inputs.size() - 1) / 2;
        List<T> own = new ArrayList<>();
        own.add(inputs.get(0));
        own.addAll(inputs.subList(1 + direction * half, 1 + (direction + 1) * half));
        return own;
    }

    @Override
    public Bidirectional trainable(boolean newTrainable) {
        Arguments inner = arguments()
                .with("layer", forward.trainable(newTrainable))
                .with("backward_layer", backward.trainable(newTrainable));
        return copy(inner.with("trainable", newTrainable));
    }

    @Override
    public List<Layer> innerLayers() {
        return List.of(forward, backward);
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        List<Weight> weights = new ArrayList<>();
        forward.variables(inputShapes).forEach(weight -> weights.add(weight.inside(forward.name(), "forward_layer")));
        String backwardName = backward.name() == null ? LayerTypes.snakeCase(backward.className()) : backward.name();
        backward.variables(inputShapes).forEach(weight -> weights.add(weight.inside(backwardName, "backward_layer")));
        return weights;
    }

    @Override
    public List<Weight> variables(List<List<Integer>> inputShapes) {
        return weights(inputShapes);
    }
}
