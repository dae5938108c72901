package io.covey.trainer.engine;

import io.covey.trainer.memory.NativeAddress;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.ParameterSpec;

/** A variable's place in the flat vectors. The values' address follows the parameter vector that the program is bound to. */
public final class Parameter {
    private final ParameterSpec spec;
    private final NativeAddress values;
    private NativeFloats shared;
    /** Beyond all operations while nothing uses it. */
    private int firstUse = Integer.MAX_VALUE - 1;

    Parameter(ParameterSpec spec) {
        this.spec = spec;
        this.values = new NativeAddress(0, spec.size());
    }

    /**
     * Has several uses add up their gradients aside before the sum goes to the gradient vector, so that its bits are those of
     * one gradient.
     */
    void share(OnednnScope scope) {
        if (shared == null) {
            shared = scope.floats(spec.size());
        }
    }

    /** It is used by no operation before number {@code op}. */
    void usedFrom(int op) {
        firstUse = Math.min(firstUse, op);
    }

    /** No operation before this number uses it. */
    int firstUse() {
        return firstUse;
    }

    boolean isShared() {
        return shared != null;
    }

    /** Where a use writes its gradient. */
    long gradientAddress(long vectorAddress) {
        return shared == null ? addressIn(vectorAddress) : shared.address();
    }

    /** Brings the sum of a shared variable's gradients to the gradient vector. */
    void finish(long vectorAddress, boolean accumulate, VectorKernels kernels) {
        if (accumulate) {
            kernels.add(addressIn(vectorAddress), shared.address(), shared.length());
        } else {
            kernels.copy(addressIn(vectorAddress), shared.address(), shared.length());
        }
    }

    public ParameterSpec spec() {
        return spec;
    }

    /** The variable's values in the parameter vector, in Keras' layout. */
    public NativeAddress values() {
        return values;
    }

    /** Where the variable lies in a flat vector at {@code vectorAddress}. */
    public long addressIn(long vectorAddress) {
        return vectorAddress + spec.offset() * Float.BYTES;
    }

    /** Reads from the parameter vector at {@code vectorAddress} from now on. */
    void bind(long vectorAddress) {
        values.at(addressIn(vectorAddress));
    }
}
