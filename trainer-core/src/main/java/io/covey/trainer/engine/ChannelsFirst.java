package io.covey.trainer.engine;

import io.covey.trainer.layers.DataFormat;
import io.covey.trainer.layers.ImageLayer;
import io.covey.trainer.layers.Layer;
import io.covey.trainer.layers.reshaping.Permute;
import java.util.List;
import java.util.stream.IntStream;

/** Lowers layers on data with the channels first: the channels go to the last axis and, if they are still there, back. */
public final class ChannelsFirst {
    private ChannelsFirst() {}

    /** A lowering for either format. */
    public static <L extends ImageLayer> LayerLowering<L> or(LayerLowering<? super L> channelsLast) {
        return (layer, call) -> {
            if (layer.dataFormat() == DataFormat.CHANNELS_LAST) {
                channelsLast.lower(layer, call);
                return;
            }
            int axes = call.input().value().shape().length - 1;
            Layer toLast = new Permute(IntStream.rangeClosed(1, axes)
                    .map(axis -> axis % axes + 1)
                    .boxed()
                    .toArray(Integer[]::new));
            List<Signal> in = call.lower(toLast, List.of(call.input()), 0, 0);
            List<Signal> out =
                    call.lower(layer.channelsLast(), in, 0, call.parameters().size());
            if (out.get(0).value().shape().length - 1 == axes) {
                Layer toFirst = new Permute(IntStream.rangeClosed(1, axes)
                        .map(axis -> axis == 1 ? axes : axis - 1)
                        .boxed()
                        .toArray(Integer[]::new));
                out = call.lower(toFirst, out, 0, 0);
            }
            call.output(out.get(0));
        };
    }
}
