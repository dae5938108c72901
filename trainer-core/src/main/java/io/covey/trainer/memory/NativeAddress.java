package io.covey.trainer.memory;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A pointer to memory that something else owns; it can be aimed at any address without an allocation. */
public final class NativeAddress extends FloatPointer {
    /** A null pointer. */
    public NativeAddress() {
        super((Pointer) null);
    }

    /** A pointer to {@code length} floats at {@code address}. */
    public NativeAddress(long address, long length) {
        this();
        this.address = address;
        this.limit = length;
        this.capacity = length;
    }

    /** Points to {@code newAddress} from now on; the limit stays as it is. */
    public NativeAddress at(long newAddress) {
        this.address = newAddress;
        return this;
    }
}
