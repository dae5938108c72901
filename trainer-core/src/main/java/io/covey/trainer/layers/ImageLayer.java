package io.covey.trainer.layers;

import io.covey.trainer.config.Arguments;

/** A layer on data with channels, which may stand first or last. */
public abstract class ImageLayer extends Layer {
    private static final long serialVersionUID = 1L;

    private final DataFormat dataFormat;

    /** Reads {@code data_format}. */
    protected ImageLayer(Arguments arguments) {
        super(arguments);
        dataFormat = DataFormat.argument(arguments);
    }

    /** Where the channels of inputs and outputs are. */
    public final DataFormat dataFormat() {
        return dataFormat;
    }

    /** The same layer for data with the channels last. */
    public final Layer channelsLast() {
        return copy(arguments().with("data_format", "channels_last"));
    }
}
