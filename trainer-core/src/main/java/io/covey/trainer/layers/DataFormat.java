package io.covey.trainer.layers;

import io.covey.trainer.config.Arguments;
import java.util.ArrayList;
import java.util.List;

/** Keras' argument {@code data_format}: where the channels are among the axes of a sample. */
public enum DataFormat {
    CHANNELS_LAST,
    CHANNELS_FIRST;

    /** The argument, {@code channels_last} by default. */
    public static DataFormat argument(Arguments arguments) {
        return arguments
                        .choice("data_format", "channels_last", "channels_last", "channels_first")
                        .equals("channels_first")
                ? CHANNELS_FIRST
                : CHANNELS_LAST;
    }

    /** The shapes of samples in this format with their channels last. */
    public List<List<Integer>> toLast(List<List<Integer>> shapes) {
        return shapes.stream().map(this::channelsToEnd).toList();
    }

    private List<Integer> channelsToEnd(List<Integer> shape) {
        if (this == CHANNELS_LAST || shape.isEmpty()) {
            return shape;
        }
        List<Integer> last = new ArrayList<>(shape.subList(1, shape.size()));
        last.add(shape.get(0));
        return last;
    }

    /** The shape of a sample with its channels last in this format. */
    public List<Integer> fromLast(List<Integer> shape) {
        if (this == CHANNELS_LAST) {
            return shape;
        }
        List<Integer> first = new ArrayList<>(List.of(shape.get(shape.size() - 1)));
        first.addAll(shape.subList(0, shape.size() - 1));
        return first;
    }
}
