package io.covey.trainer.schedules;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code values[0]} up to and including step {@code boundaries[0]}, {@code values[1]} up to {@code boundaries[1]}, and so on.
 *
 * @param boundaries ascending
 * @param values one more than boundaries
 */
public record PiecewiseConstantDecay(List<Double> boundaries, List<Double> values) implements LearningRateSchedule {
    /** @throws CoveyException a caller's error when the numbers of boundaries and values do not fit */
    public PiecewiseConstantDecay {
        boundaries = List.copyOf(boundaries);
        values = List.copyOf(values);
        if (boundaries.isEmpty() || boundaries.size() != values.size() - 1) {
            throw CoveyException.caller("there are " + boundaries.size() + " boundaries and " + values.size()
                    + " values, there must be at least 1 boundary and 1 value more than boundaries");
        }
        if (!boundaries.stream().sorted().toList().equals(boundaries)) {
            throw CoveyException.caller("boundaries are " + boundaries + ", they must ascend");
        }
    }

    static PiecewiseConstantDecay of(Arguments arguments) {
        return new PiecewiseConstantDecay(list(arguments, "boundaries"), list(arguments, "values"));
    }

    private static List<Double> list(Arguments arguments, String name) {
        return Arrays.stream(arguments.reals(name)).boxed().toList();
    }

    @Override
    public String className() {
        return "PiecewiseConstantDecay";
    }

    @Override
    public double initialLearningRate() {
        return values.get(0);
    }

    @Override
    public float at(long step) {
        int piece = 0;
        // Keras casts boundaries to the step's type: whole numbers.
        while (piece < boundaries.size() && step > boundaries.get(piece).longValue()) {
            piece++;
        }
        return values.get(piece).floatValue();
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("boundaries", boundaries);
        config.put("values", values);
        return config;
    }
}
