package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.testing.Models;
import io.covey.trainer.testing.Programs;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** The engine against Deeplearning4j: same weights, same batch, same loss and gradients. */
@Timeout(120)
class Dl4jCrossCheckTest {
    private static final long SEED = 99;
    private static final int ROWS = 32;
    private static final int INPUTS = 784;
    private static final int[] UNITS = {300, 200, 100, 10};

    private final Model model = Models.mlp(List.of(INPUTS), UNITS);

    @Test
    void shouldAgreeOnLossAndGradients() {
        NativeLibraries.setThreadsOfThisThread(1);
        SplittableRandom random = new SplittableRandom(SEED);
        float[] x = new float[ROWS * INPUTS];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextDouble();
        }
        int[] labels = random.ints(ROWS, 0, 10).toArray();
        MetricState metrics = MetricState.zero(4);
        try (NativeFloats parameters = Models.initialValues(model, SEED);
                NativeFloats gradient = NativeFloats.allocate(model.layout().length());
                Program program = Programs.compile(model, InputFormat.FLOAT32, 1f, ROWS, ProgramOptions.TRAINING)) {
            for (int row = 0; row < ROWS; row++) {
                Programs.put(program, model, row, x, row * INPUTS, labels[row]);
            }
            program.forwardBackward(parameters.address(), gradient.address(), false, metrics);

            MultiLayerNetwork network = network(parameters);
            INDArray oneHot = Nd4j.zeros(ROWS, 10);
            for (int row = 0; row < ROWS; row++) {
                oneHot.putScalar(row, labels[row], 1f);
            }
            network.setInput(Nd4j.create(x, new long[] {ROWS, INPUTS}, 'c'));
            network.setLabels(oneHot);
            network.computeGradientAndScore();

            assertEquals(network.score(), metrics.get(StateLayout.LOSS) / ROWS, 1e-6);
            List<ParameterSpec> specs = model.layout().parameters();
            for (int i = 0; i < specs.size(); i++) {
                ParameterSpec spec = specs.get(i);
                float[] expected = network.gradient()
                        .getGradientFor(nameOf(i))
                        .dup('c')
                        .ravel()
                        .toFloatVector();
                assertArrayEquals(expected, gradient.get(spec.offset(), (int) spec.size()), 5e-6f, spec.path());
            }
        }
    }

    private MultiLayerNetwork network(NativeFloats parameters) {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder().list();
        int in = INPUTS;
        for (int i = 0; i < UNITS.length - 1; i++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(in)
                    .nOut(UNITS[i])
                    .activation(Activation.RELU)
                    .build());
            in = UNITS[i];
        }
        layers.layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nIn(in)
                .nOut(10)
                .activation(Activation.SOFTMAX)
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        List<ParameterSpec> specs = model.layout().parameters();
        for (int i = 0; i < specs.size(); i++) {
            ParameterSpec spec = specs.get(i);
            float[] values = parameters.get(spec.offset(), (int) spec.size());
            long[] shape = i % 2 == 0
                    ? new long[] {spec.shape().get(0), spec.shape().get(1)}
                    : new long[] {1, spec.shape().get(0)};
            network.setParam(nameOf(i), Nd4j.create(values, shape, 'c'));
        }
        return network;
    }

    /** Deeplearning4j's name of variable {@code i}: kernels and biases alternate. */
    private static String nameOf(int i) {
        return i / 2 + (i % 2 == 0 ? "_W" : "_b");
    }
}
