package io.covey.trainer.engine.dense;

import io.covey.trainer.activations.Activation;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.elementwise.Activations;
import io.covey.trainer.layers.core.Dense;

/** Lowers Dense: a matrix product over the last axis, whose other axes count as rows. */
public final class DenseLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(Dense.class, DenseLowerings::lower);
    }

    private static void lower(Dense layer, Lowering call) {
        Signal input = call.plainInput();
        int[] shape = input.value().shape().clone();
        shape[shape.length - 1] = layer.units();
        Signal matrix =
                call.reshaped(input, input.value().positions(), input.value().width());
        Signal product = call.signal(matrix.value().rows(), layer.units());
        boolean relu = layer.activation() == Activation.RELU;
        ParameterUse bias = layer.hasBias() ? call.parameter(1) : null;
        call.add(new DenseOp(call.scope(), call.parameter(0), bias, relu, matrix, product));
        if (layer.activation() == Activation.LINEAR) {
            call.forget(product);
        }
        Signal output = shape.length == 2 ? product : call.reshaped(product, shape);
        if (layer.activationLayer() != null) {
            call.outputOf(layer.activationLayer(), output);
        } else {
            call.output(relu ? output : Activations.applyInPlace(call, layer.activation(), output));
        }
    }
}
