package io.covey.trainer.layers;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NearestName;
import java.util.List;

/** Keras' argument {@code data_format}. */
public final class DataFormat {
    private static final String CHANNELS_LAST = "channels_last";
    private static final String CHANNELS_FIRST = "channels_first";

    private DataFormat() {}

    /** Reads the argument; data have their channels on the last axis, here as in Keras on a CPU. */
    public static void requireChannelsLast(Arguments arguments) {
        String format = arguments.text("data_format", CHANNELS_LAST);
        if (format.equals(CHANNELS_FIRST)) {
            throw arguments.error(
                    "data_format",
                    "is channels_first, but data are channels-last here, as in Keras on a CPU: move the channels to"
                            + " the last axis and use channels_last");
        }
        if (!format.equals(CHANNELS_LAST)) {
            throw arguments.error(
                    "data_format", "is " + format + NearestName.advice(format, List.of(CHANNELS_LAST, CHANNELS_FIRST)));
        }
    }
}
