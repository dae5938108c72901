package io.covey.trainer.wire;

import io.covey.trainer.CoveyException;
import java.io.Serializable;

/**
 * The two directions of the exchange. They decide the bits of a run, and apply wherever a server shard runs, in the worker's own
 * process too, so that the bits do not depend on who runs where.
 *
 * <p>Gradients in any form but float32 are encoded for each virtual shard by itself, so that the result does not depend on
 * which worker owns which of them.
 *
 * @param gradients from workers to server shards
 * @param parameters back; any form without residual. Server shards keep float32, and save that
 */
public record WireFormats(WireFormat gradients, WireFormat parameters) implements Serializable {
    /** All as float32. */
    public static final WireFormats FLOAT32 = new WireFormats(WireFormat.float32(), WireFormat.float32());

    /** @throws CoveyException a caller's error when parameters are to be sent in a form that leaves some out */
    public WireFormats {
        if (parameters.hasResidual()) {
            throw CoveyException.caller("the parameters' wire format is " + parameters
                    + ", which leaves most of them out: it is for gradients. Parameters can be float32, float16, bfloat16"
                    + " or int8");
        }
    }

    /** Whether gradients travel encoded, each virtual shard's by itself. */
    public boolean encodesGradients() {
        return !gradients.equals(WireFormat.float32());
    }

    /** Whether parameters travel encoded, so that what workers compute with is not what the server shards keep. */
    public boolean encodesParameters() {
        return !parameters.equals(WireFormat.float32());
    }

    /** Whether anything travels encoded. */
    public boolean encodes() {
        return encodesGradients() || encodesParameters();
    }
}
