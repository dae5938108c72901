package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Role;
import io.covey.trainer.engine.dense.WeightGradient;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.ParameterSpec;
import java.util.Collections;
import java.util.List;

/** The gradient of a kernel over all time steps, put together from the products that its columns take part in. */
final class KernelGradient {
    private final ParameterUse kernel;
    private final List<KernelProduct> products;
    private final List<NativeFloats> gradients;
    private final int steps;
    private final WeightGradient whole;
    private final NativeFloats pieces;
    private final VectorKernels kernels = new VectorKernels();

    /** @param gates gradient of the products' results, (steps, rows, width of the kernel) */
    KernelGradient(
            OnednnScope scope,
            ParameterUse kernel,
            List<KernelProduct> products,
            NativeFloats gates,
            int steps,
            int rows) {
        this(scope, kernel, products, Collections.nCopies(products.size(), gates), steps, rows);
    }

    /** @param gradients of each product's results */
    KernelGradient(
            OnednnScope scope,
            ParameterUse kernel,
            List<KernelProduct> products,
            List<NativeFloats> gradients,
            int steps,
            int rows) {
        this.kernel = kernel;
        this.products = products;
        this.gradients = gradients;
        this.steps = steps;
        ParameterSpec spec = kernel.parameter().spec();
        KernelProduct first = products.get(0);
        boolean isWhole = products.size() == 1 && first.isWhole();
        whole = isWhole
                ? new WeightGradient(
                        scope,
                        spec.shape().get(0),
                        spec.shape().get(1),
                        steps * rows,
                        first.operand(),
                        gradients.get(0).pointer())
                : null;
        pieces = isWhole ? null : scope.floats(Role.GRADIENT, spec.size());
    }

    void run(long vectorAddress, boolean accumulate) {
        if (!kernel.isTrainable()) {
            return;
        }
        long target = kernel.gradientAddress(vectorAddress);
        boolean add = kernel.accumulates(accumulate);
        if (whole != null) {
            whole.run(target, add);
            return;
        }
        for (int i = 0; i < products.size(); i++) {
            products.get(i).kernelGradient(steps, gradients.get(i), pieces);
        }
        if (add) {
            kernels.add(target, pieces.address(), pieces.length());
        } else {
            kernels.copy(target, pieces.address(), pieces.length());
        }
    }
}
