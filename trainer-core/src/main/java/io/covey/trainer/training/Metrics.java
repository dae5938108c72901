package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The compiled metrics of a job and the meaning of their {@link MetricState}: the loss, always, and accuracy if asked for.
 *
 * @param names Keras' names as given to compile, without {@code loss}
 */
public record Metrics(List<String> names) implements Serializable {
    /** Index of the number of samples in the state. */
    public static final int SAMPLES = 0;
    /** Index of the sum of per-sample losses. */
    public static final int LOSS = 1;
    /** Index of the number of samples whose largest output is their label's. */
    public static final int CORRECT = 2;

    private static final String ACCURACY = "accuracy";

    /** @throws CoveyException a caller's error for a metric that does not exist */
    public Metrics {
        names = List.copyOf(names);
        for (String name : names) {
            if (!name.equals(ACCURACY)) {
                throw CoveyException.caller("metric " + name + " is not known, known are: " + ACCURACY);
            }
        }
    }

    /** Length of a {@link MetricState}. */
    public int stateLength() {
        return CORRECT + 1;
    }

    /** The metrics' values for a state, sorted by name, as Keras logs them; means over samples, NaN for no samples. */
    public SortedMap<String, Double> results(MetricState state) {
        SortedMap<String, Double> results = new TreeMap<>();
        results.put("loss", state.get(LOSS) / state.get(SAMPLES));
        if (names.contains(ACCURACY)) {
            results.put(ACCURACY, state.get(CORRECT) / state.get(SAMPLES));
        }
        return results;
    }
}
