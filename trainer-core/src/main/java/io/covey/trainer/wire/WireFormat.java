package io.covey.trainer.wire;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NearestName;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * How float32 numbers travel. Each form works on blocks of at most {@link #BLOCK} neighbouring numbers and states what it may
 * change; NaN never becomes a number, so that a run that has gone wrong still says so.
 *
 * <p>Only what the optimizer updates is subject to it: moving statistics (batch normalization) always travel as float32.
 */
public sealed interface WireFormat extends Serializable {
    /** Most numbers that share a scale, a threshold or a choice. Blocks are counted from the start of a server shard. */
    int BLOCK = 256;

    /** All names. */
    List<String> NAMES = List.of("float32", "float16", "bfloat16", "int8", "threshold", "top_k");

    /** The default. */
    static WireFormat float32() {
        return new Float32();
    }

    /**
     * A form by its name in a job file: {@code float32}, {@code float16}, {@code bfloat16}, {@code int8}, {@code threshold} with
     * {@code factor} (default 1) or {@code top_k} with {@code ratio} (default 0.01).
     *
     * @throws CoveyException a caller's error that says what was probably meant
     */
    static WireFormat of(String name, Map<String, ?> arguments) {
        Arguments given = Arguments.of("wire format " + name, arguments);
        WireFormat format =
                switch (name) {
                    case "float32" -> float32();
                    case "float16" -> new Float16();
                    case "bfloat16" -> new Bfloat16();
                    case "int8" -> new Int8();
                    case "threshold" -> new Threshold(given.real("factor", 1.0));
                    case "top_k" -> new TopK(given.real("ratio", TopK.RATIO_DEFAULT));
                    default ->
                        throw CoveyException.caller("unknown wire format " + name + NearestName.advice(name, NAMES));
                };
        given.requireAllKnown();
        return format;
    }

    /** Whether the sender keeps what a step did not carry and adds it to the next step's gradient (error feedback). */
    default boolean hasResidual() {
        return false;
    }

    /** Number of bytes that a block of {@code floats} numbers takes; where float32 takes no more, they travel as that. */
    int bytes(int floats);

    /** As they are: no error. */
    record Float32() implements WireFormat {
        @Override
        public int bytes(int floats) {
            return floats * Float.BYTES;
        }
    }

    /**
     * IEEE 754 binary16, rounded to nearest even. Error of x: at most {@code 2^-11 |x|} for 2^-14 &lt;= |x| &lt;= 65504, at most
     * 2^-25 below; from 65520 on infinite. Infinities and NaN stay.
     */
    record Float16() implements WireFormat {
        @Override
        public int bytes(int floats) {
            return floats * Short.BYTES;
        }
    }

    /**
     * The upper half of a float32, rounded to nearest even. Error of x: at most {@code 2^-8 |x|}, for denormal x at most 2^-134;
     * from 2^128 - 2^119 on infinite. Infinities and NaN stay.
     */
    record Bfloat16() implements WireFormat {
        @Override
        public int bytes(int floats) {
            return floats * Short.BYTES;
        }
    }

    /**
     * Multiples from -127 to 127 of a step for each block, m / 127 with m the block's largest magnitude. Error of x: at most
     * {@code m / 254 (1 + 2^-14)}; blocks with m &lt; 2^-100 become zeros. A block with NaN or an infinity becomes NaN.
     */
    record Int8() implements WireFormat {
        @Override
        public int bytes(int floats) {
            return Float.BYTES + floats;
        }
    }

    /**
     * Two bits for each number: not sent, or sent as plus or minus one magnitude for each block. Sent are those of at least
     * {@code factor} times the block's mean magnitude (the largest one at least), as the mean of their magnitudes m; the rest
     * waits in the residual (N. Strom, Scalable distributed DNN training using commodity GPU cloud computing, 2015, with a
     * threshold that follows the gradient). With x a block of gradient plus residual, k numbers sent, the error e, which is the
     * next residual, has {@code |e|^2 = |x|^2 - k m^2 <= (1 - 1 / BLOCK) |x|^2} up to rounding: each step carries a fixed share,
     * so residuals stay bounded (S. Karimireddy et al., Error feedback fixes SignSGD, 2019). Blocks whose largest
     * magnitude is below 2^-100 wait whole. A block with NaN or an infinity becomes NaN.
     *
     * @param factor of the mean magnitude, in (0, 16]
     */
    record Threshold(double factor) implements WireFormat {
        /** @throws CoveyException a caller's error when the factor is out of its range */
        public Threshold {
            if (!(factor > 0 && factor <= 16)) {
                throw CoveyException.caller("threshold factor is " + factor + ", it must be in (0, 16]");
            }
        }

        @Override
        public boolean hasResidual() {
            return true;
        }

        @Override
        public int bytes(int floats) {
            return Float.BYTES + 2 * ((floats + Byte.SIZE - 1) / Byte.SIZE);
        }
    }

    /**
     * The k = ceil(ratio n) numbers of largest magnitude in each block of n, exactly; of equal ones the first. The rest waits in
     * the residual. With x a block of gradient plus residual, the error e, which is the next residual, has
     * {@code |e|^2 <= (1 - k / n) |x|^2}, and no part of it is larger than any number sent (S. Stich et al., Sparsified SGD with
     * memory, 2018). NaN and infinities count as largest.
     *
     * @param ratio share of the numbers that is sent, in (0, 1]
     */
    record TopK(double ratio) implements WireFormat {
        private static final double RATIO_DEFAULT = 0.01;

        /** @throws CoveyException a caller's error when the ratio is out of its range */
        public TopK {
            if (!(ratio > 0 && ratio <= 1)) {
                throw CoveyException.caller("top_k ratio is " + ratio + ", it must be in (0, 1]");
            }
        }

        @Override
        public boolean hasResidual() {
            return true;
        }

        /** How many of {@code floats} numbers are sent. */
        public int count(int floats) {
            return Math.min(floats, (int) Math.ceil(ratio * floats));
        }

        @Override
        public int bytes(int floats) {
            return count(floats) * (1 + Float.BYTES);
        }
    }
}
