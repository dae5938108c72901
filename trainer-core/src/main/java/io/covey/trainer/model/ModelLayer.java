package io.covey.trainer.model;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.Weight;
import io.covey.trainer.layers.core.InputLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model that is a layer of another one, as Keras writes it: its arguments are the model's configuration. */
public final class ModelLayer extends Layer {
    private static final long serialVersionUID = 1L;

    private static final String LAYERS = "layers";
    private static final String CONFIG = "config";

    private final Model model;

    /** Reads the configuration of a Sequential or functional model. */
    public ModelLayer(Arguments arguments) {
        super(arguments);
        model = arguments.owner().equals(Model.Kind.SEQUENTIAL.className())
                ? KerasJson.sequential(arguments.given())
                : KerasJson.functional(arguments.given());
        arguments.ignore(LAYERS, "input_layers", "output_layers", "build_input_shape");
    }

    /** The model inside. */
    public Model model() {
        return model;
    }

    @Override
    public String className() {
        return model.kind().className();
    }

    @Override
    public ModelLayer copy(Arguments newArguments) {
        return new ModelLayer(newArguments);
    }

    @Override
    public ModelLayer trainable(boolean newTrainable) {
        List<Object> layers = new ArrayList<>();
        for (Object layer : (List<?>) arguments().given().get(LAYERS)) {
            Map<Object, Object> written = new LinkedHashMap<>((Map<?, ?>) layer);
            Map<Object, Object> config = new LinkedHashMap<>((Map<?, ?>) written.get(CONFIG));
            config.put("trainable", newTrainable);
            written.put(CONFIG, config);
            layers.add(written);
        }
        return copy(arguments().with(LAYERS, layers).with("trainable", newTrainable));
    }

    @Override
    public List<Layer> innerLayers() {
        return model.nodes().stream()
                .map(Node::layer)
                .filter(layer -> !(layer instanceof InputLayer))
                .toList();
    }

    @Override
    public List<Integer> outputShape(List<List<Integer>> inputShapes) {
        return outputShapes(inputShapes).get(0);
    }

    @Override
    public List<List<Integer>> outputShapes(List<List<Integer>> inputShapes) {
        List<List<Integer>> own = model.inputs().stream().map(Value::shape).toList();
        if (!own.equals(inputShapes)) {
            throw error("has inputs of shapes " + own + ", it is given " + inputShapes);
        }
        return model.outputs().stream().map(Value::shape).toList();
    }

    @Override
    public List<Weight> weights(List<List<Integer>> inputShapes) {
        return model.nodes().stream()
                .flatMap(node -> node.parameters().stream().map(spec -> weight(spec, pathOf(node, spec))))
                .toList();
    }

    /** Keras puts the name of a Sequential before the variables of its layers, and nothing before those of other models. */
    private String pathOf(Node node, ParameterSpec spec) {
        boolean prefixed = model.kind() == Model.Kind.SEQUENTIAL && !holdsModel(node.layer());
        return "/" + (prefixed ? model.name() + "/" : "") + spec.path();
    }

    private static boolean holdsModel(Layer layer) {
        return layer instanceof ModelLayer || layer.innerLayers().stream().anyMatch(ModelLayer::holdsModel);
    }

    private static Weight weight(ParameterSpec spec, String path) {
        Weight weight = new Weight(
                path,
                spec.checkpointKey(),
                spec.shape(),
                spec.initializer(),
                spec.regularizer(),
                spec.constraint(),
                spec.rule() instanceof UpdateRule.MovingAverage moving ? moving.momentum() : Double.NaN,
                false);
        return spec.rule() instanceof UpdateRule.Frozen ? weight.frozen() : weight;
    }

    @Override
    public List<Weight> variables(List<List<Integer>> inputShapes) {
        return weights(inputShapes);
    }
}
