package io.covey.trainer.objective;

import io.covey.trainer.Counted;
import io.covey.trainer.CoveyException;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.metrics.Metric;
import io.covey.trainer.metrics.MetricFunction;
import io.covey.trainer.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The meaning of a {@link MetricState}: how many samples there are, the sum of their losses; if several outputs have a loss,
 * the number of batches and each output's sum over the batches; then the sums of each metric. Immutable.
 */
public final class StateLayout {
    /** Index of the number of samples. */
    public static final int SAMPLES = 0;
    /** Index of the sum of per-sample losses, loss weights and penalties included. */
    public static final int LOSS = 1;

    /** Index of the number of global batches, where several outputs have a loss. */
    public static final int BATCHES = 2;

    private static final int FIRST_OF_OUTPUTS = 3;

    /**
     * A metric's place in the state.
     *
     * @param name as logged
     * @param metric resolved for the output's shapes
     * @param weighted whether it is computed with sample weights
     * @param offset index of its first sum
     */
    public record Place(String name, Metric metric, boolean weighted, int offset) {}

    /**
     * An output's place in the state.
     *
     * @param options what compile says
     * @param trueShape shape of one sample's targets
     * @param predShape shape of one sample's predictions
     * @param lossIndex index of the sum over the batches of its loss, or over the samples where it is unreduced; below 0 where no
     *     other output has a loss
     * @param metrics its metrics, in the order of compile
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Output(OutputOptions options, int[] trueShape, int[] predShape, int lossIndex, List<Place> metrics) {
        /** Whether the loss has a value for each position, which nothing reduces. */
        public boolean isUnreduced() {
            Loss loss = options.loss();
            return loss != null
                    && loss.reduction() == Reduction.NONE
                    && !loss.newFunction(trueShape, predShape).isOfWholeBatch();
        }
    }

    private final List<String> outputNames = new ArrayList<>();
    private final List<Output> outputs = new ArrayList<>();
    private final List<MetricFunction> functions = new ArrayList<>();
    private final boolean lossPerOutput;
    private int length;
    private final int unreducedPositions;

    /** @throws CoveyException a caller's error when options and model do not fit together */
    public StateLayout(Model model, CompileOptions options) {
        int count = model.outputs().size();
        if (options.outputs().size() != count) {
            throw CoveyException.caller("model " + model.name() + " has " + Counted.of(count, "output")
                    + ", compile names losses for " + options.outputs().size());
        }
        if (options.outputs().stream().allMatch(output -> output.loss() == null)) {
            throw CoveyException.caller("no output of model " + model.name() + " has a loss: compile it with one");
        }
        long losses = options.outputs().stream()
                .filter(output -> output.loss() != null)
                .count();
        lossPerOutput = losses > 1;
        length = lossPerOutput ? FIRST_OF_OUTPUTS + count : BATCHES;
        for (int i = 0; i < count; i++) {
            outputNames.add(model.outputName(i));
            outputs.add(output(model, i, options.outputs().get(i)));
        }
        unreducedPositions = unreducedPositions(model);
    }

    /**
     * What Keras can add up of losses without a reduction: an array of the same shape from each, and no penalty.
     *
     * @return positions of one sample, 0 if all losses are reduced
     */
    private int unreducedPositions(Model model) {
        int positions = 0;
        for (Output output : outputs) {
            if (!output.isUnreduced()) {
                continue;
            }
            int own = output.options()
                    .loss()
                    .check(output.trueShape(), output.predShape())
                    .positionsPerRow();
            if (positions != 0 && positions != own) {
                throw CoveyException.caller("losses with reduction none have " + positions + " and " + own
                        + " values per sample, which cannot be added: give one of them reduction "
                        + Reduction.SUM.kerasName());
            }
            positions = own;
        }
        if (positions > 0 && model.hasPenalties()) {
            throw CoveyException.caller(
                    "model " + model.name() + " has regularizers, whose penalties cannot be added to a loss"
                            + " with reduction none: use reduction " + Reduction.SUM.kerasName() + " or "
                            + Reduction.SUM_OVER_BATCH_SIZE.kerasName());
        }
        return positions;
    }

    /** Whether a sample's part in a loss depends on what else is in the batch: it must not be cut then to have Keras' numbers. */
    public boolean needsWholeBatch() {
        return outputs.stream()
                .filter(output -> output.options().loss() != null)
                .anyMatch(output -> {
                    Loss loss = output.options().loss();
                    return loss.reduction() == Reduction.MEAN_WITH_SAMPLE_WEIGHT
                            || loss.newFunction(output.trueShape(), output.predShape())
                                    .needsWholeBatch();
                });
    }

    /**
     * Values per sample of the losses with reduction none, 0 if there are none. Keras adds reduced losses to each of them, and
     * takes the gradient of the sum.
     */
    public int unreducedPositions() {
        return unreducedPositions;
    }

    private Output output(Model model, int index, OutputOptions options) {
        int[] predShape = model.outputs().get(index).shape().stream()
                .mapToInt(Integer::intValue)
                .toArray();
        int[] trueShape = options.loss() == null ? predShape : options.loss().targetShape(predShape);
        if (options.loss() != null) {
            options.loss().check(trueShape, predShape);
        }
        String prefix = model.outputs().size() > 1 ? model.outputName(index) + "_" : "";
        List<Place> places = new ArrayList<>();
        for (boolean weighted : new boolean[] {false, true}) {
            for (Metric metric : weighted ? options.weightedMetrics() : options.metrics()) {
                Metric resolved = metric.resolve(trueShape, predShape);
                MetricFunction function = resolved.newFunction(trueShape, predShape, 0);
                places.add(new Place(logName(prefix, metric, weighted, places), resolved, weighted, length));
                functions.add(function);
                length += function.stateLength();
            }
        }
        return new Output(
                options, trueShape, predShape, lossPerOutput ? FIRST_OF_OUTPUTS + index : -1, List.copyOf(places));
    }

    /** Keras' name: a weighted metric whose name is taken is told apart by a prefix. */
    private static String logName(String prefix, Metric metric, boolean weighted, List<Place> places) {
        String name = prefix + metric.name();
        boolean taken = places.stream().anyMatch(place -> place.name().equals(name));
        return weighted && taken ? prefix + "weighted_" + metric.name() : name;
    }

    /** Length of a {@link MetricState}. */
    public int stateLength() {
        return length;
    }

    public List<Output> outputs() {
        return outputs;
    }

    /** Names of all logs of a training step, sorted. */
    public List<String> names() {
        return List.copyOf(results(MetricState.zero(length)).keySet());
    }

    /** The metrics' values for a state, sorted by name, as Keras 3 logs them; the loss of no samples is NaN. */
    public SortedMap<String, Double> results(MetricState state) {
        return new TreeMap<>(resultsInOrder(state));
    }

    /** The same in the order of compile, as Keras 2 logs them: the loss, those of the outputs, each output's metrics. */
    public Map<String, Double> resultsInOrder(MetricState state) {
        Map<String, Double> results = new LinkedHashMap<>();
        double samples = state.get(SAMPLES);
        results.put("loss", state.get(LOSS) / samples);
        for (int i = 0; i < outputs.size(); i++) {
            Output output = outputs.get(i);
            if (output.lossIndex() >= 0 && output.options().loss() != null) {
                double count = output.isUnreduced() ? samples : state.get(BATCHES);
                results.put(outputNames.get(i) + "_loss", state.get(output.lossIndex()) / count);
            }
        }
        int function = 0;
        for (Output output : outputs) {
            for (Place place : output.metrics()) {
                double[] values = functions.get(function++).result(state.sums(), place.offset());
                for (int k = 0; k < values.length; k++) {
                    results.put(values.length == 1 ? place.name() : place.name() + "_" + k, values[k]);
                }
            }
        }
        return results;
    }
}
