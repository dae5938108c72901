package io.covey.trainer.engine.custom;

import io.covey.trainer.CoveyException;
import io.covey.trainer.engine.HeapGradient;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.Op;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.layers.custom.SameDiffLayer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph of SameDiff as an operation. Inputs and weights are its variables, by which it differentiates the sum of the
 * output's products with the output's gradient, a placeholder. Allocates in every run.
 */
final class SameDiffOp implements Op {
    private static final String UPSTREAM = "output_gradient";

    private final SameDiff graph = SameDiff.create();
    private final List<Signal> inputs;
    private final List<ParameterUse> weights;
    private final List<HeapGradient> weightGradients;
    private final Signal out;
    private final String outputName;
    private final List<String> differentiated = new ArrayList<>();
    private final Map<String, INDArray> noUpstream;

    SameDiffOp(SameDiffLayer layer, Lowering call, List<Signal> inputs, Signal out) {
        this.inputs = inputs;
        this.weights = call.parameters();
        this.out = out;
        List<SDVariable> inputVariables = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            inputVariables.add(
                    graph.var(inputName(i), DataType.FLOAT, shape(inputs.get(i).value())));
            if (inputs.get(i).gradient() != null) {
                differentiated.add(inputName(i));
            }
        }
        List<SDVariable> weightVariables = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            weightVariables.add(graph.var(weightName(i), DataType.FLOAT, weightShape(i)));
            if (weights.get(i).isTrainable()) {
                differentiated.add(weightName(i));
            }
        }
        weightGradients =
                weights.stream().map(use -> new HeapGradient(call.scope(), use)).toList();
        SDVariable output = layer.call(graph, inputVariables, weightVariables, call.isTraining());
        outputName = output.name();
        // SameDiff wants all placeholders, even those that the output does not need.
        noUpstream =
                out.gradient() == null ? Map.of() : Map.of(UPSTREAM, Nd4j.zeros(DataType.FLOAT, shape(out.value())));
        if (out.gradient() != null) {
            SDVariable upstream = graph.placeHolder(UPSTREAM, DataType.FLOAT, shape(out.value()));
            graph.setLossVariables(output.mul(upstream).sum().name());
        }
    }

    private static String inputName(int index) {
        return "input_" + index;
    }

    private static String weightName(int index) {
        return "weight_" + index;
    }

    private static long[] shape(Tensor tensor) {
        return Arrays.stream(tensor.shape()).asLongStream().toArray();
    }

    private long[] weightShape(int index) {
        return weights.get(index).parameter().spec().shape().stream()
                .mapToLong(Integer::longValue)
                .toArray();
    }

    @Override
    public void forward() {
        for (int i = 0; i < inputs.size(); i++) {
            Tensor input = inputs.get(i).value();
            graph.getVariable(inputName(i)).setArray(array(input.values().buffer(), shape(input)));
        }
        for (int i = 0; i < weights.size(); i++) {
            graph.getVariable(weightName(i))
                    .setArray(array(weights.get(i).parameter().values().asBuffer(), weightShape(i)));
        }
        INDArray output = graph.outputSingle(noUpstream, outputName);
        if (!Arrays.equals(output.shape(), shape(out.value()))) {
            throw CoveyException.caller("a layer's call returns the shape " + Arrays.toString(output.shape())
                    + ", its outputShape says " + Arrays.toString(out.value().shape()) + " with the rows");
        }
        out.value().values().buffer().put(floats(output));
    }

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        if (out.gradient() == null || differentiated.isEmpty()) {
            return;
        }
        INDArray upstream = array(out.gradient().values().buffer(), shape(out.value()));
        Map<String, INDArray> gradients = graph.calculateGradients(Map.of(UPSTREAM, upstream), differentiated);
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).gradient() != null) {
                FloatBuffer target = inputs.get(i).gradient().values().buffer();
                target.put(gradient(gradients, inputName(i), target.capacity()));
            }
        }
        for (int i = 0; i < weights.size(); i++) {
            if (weights.get(i).isTrainable()) {
                int size = (int) weights.get(i).parameter().spec().size();
                weightGradients.get(i).write(gradient(gradients, weightName(i), size), gradientAddress, accumulate);
            }
        }
    }

    /** What the output does not depend on has a gradient of zeros. */
    private static float[] gradient(Map<String, INDArray> gradients, String name, int size) {
        INDArray gradient = gradients.get(name);
        return gradient == null ? new float[size] : floats(gradient);
    }

    private static INDArray array(FloatBuffer buffer, long[] shape) {
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return Nd4j.create(values, shape, 'c');
    }

    private static float[] floats(INDArray array) {
        return array.dup('c').data().asFloat();
    }
}
