package io.covey.trainer.engine;

/**
 * What flows between two operations: numbers forward, and their gradient backward.
 *
 * <p>Each consumer of a tensor has a signal of its own, and its backward writes the whole gradient; the program adds the
 * gradients of several consumers.
 *
 * @param value written by the producer
 * @param gradient of the sum of losses by {@code value}, written by the consumer, which the producer may overwrite; null if
 *     nobody needs it
 * @param logits what the softmax or sigmoid that made {@code value} was given, so that a loss can start from there; null if
 *     nothing like that made it
 * @param mask ones where {@code value} counts and zeros where later layers and the loss leave it out, Keras' mask: its shape
 *     is that of the first axes of {@code value}, rows included; null where all counts
 * @param relu what made {@code value} ended with, if its only reader may take over the relu's backward; null if not
 */
public record Signal(Tensor value, Tensor gradient, Logits logits, Tensor mask, Relu relu) {
    /** The input of a closing activation. */
    public interface Logits {
        /** The activation's input and where its gradient goes. */
        Signal signal();

        /** Whether the activation is a softmax over the last axis; if not, it is a sigmoid. */
        boolean isSoftmax();

        /** Has the activation skip its backward from now on: the loss writes the gradient of the logits. */
        void takeOver();
    }

    /** A closing relu. */
    public interface Relu {
        /** Has the producer skip the relu's backward from now on: the reader writes the gradient of the relu's input. */
        void takeOver();
    }

    public Signal(Tensor value, Tensor gradient, Logits logits, Tensor mask) {
        this(value, gradient, logits, mask, null);
    }

    /** The closing relu's output. */
    public Signal(Tensor value, Tensor gradient, Relu relu) {
        this(value, gradient, null, null, relu);
    }

    public Signal(Tensor value, Tensor gradient) {
        this(value, gradient, null, null, null);
    }

    public Signal(Tensor value, Tensor gradient, Logits logits) {
        this(value, gradient, logits, null);
    }

    /** The same numbers with a mask, null for none. */
    public Signal withMask(Tensor newMask) {
        return new Signal(value, gradient, logits, newMask, relu);
    }
}
