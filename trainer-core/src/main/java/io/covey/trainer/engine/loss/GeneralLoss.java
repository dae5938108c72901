package io.covey.trainer.engine.loss;

import io.covey.trainer.data.Column;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.OutputLoss;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.LossFunction;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.losses.TargetLayout;
import io.covey.trainer.losses.WeightedLoss;
import io.covey.trainer.metrics.Metric;
import io.covey.trainer.metrics.MetricFunction;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Any of Keras' losses and metrics, computed on arrays; from the logits where the model's closing activation has left them.
 */
final class GeneralLoss implements OutputLoss {
    private final int index;
    private final int rows;
    private final StateLayout.Output place;
    private final float[] classWeights;
    private final Tensor output;
    private final TargetLayout layout;
    private final WeightedLoss loss;
    private final Reduction reduction;
    private final boolean isOfWholeBatch;
    private final int unreducedPositions;
    private final boolean isUnreduced;
    private final FloatBuffer predictions;
    private final FloatBuffer logits;
    private final FloatBuffer lossGradient;
    private final float[] yTrue;
    private final float[] yPred;
    private final float[] lossPred;
    private final float[] logitsPred;
    private final float[] gradient;
    private final float[] weights;
    private final MetricFunction[] metrics;
    private final float[][] metricInputs;
    private final double[] sums = new double[WeightedLoss.STATE_LENGTH];
    private final PositionMask mask;
    private boolean weighted;

    /**
     * A loss of output {@code index}.
     *
     * @param unreducedPositions see {@link StateLayout#unreducedPositions}
     */
    GeneralLoss(
            int index,
            StateLayout.Output place,
            int unreducedPositions,
            Map<Integer, Float> classWeights,
            Signal signal) {
        this.index = index;
        this.unreducedPositions = unreducedPositions;
        this.isUnreduced = place.isUnreduced();
        this.place = place;
        this.classWeights = table(classWeights);
        output = signal.value();
        rows = output.rows();
        Loss given = place.options().loss();
        Loss computed = given;
        Signal source = signal;
        String activation = signal.logits() == null ? "none" : signal.logits().isSoftmax() ? "softmax" : "sigmoid";
        boolean fromLogits = given != null && given.onCachedLogits(activation).isPresent();
        boolean needsLogits = fromLogits
                || place.metrics().stream()
                        .anyMatch(m -> m.metric().onCachedLogits(activation).isPresent());
        if (fromLogits) {
            computed = given.onCachedLogits(activation).orElseThrow();
            source = signal.logits().signal();
            signal.logits().takeOver();
        }
        if (given == null) {
            layout = new TargetLayout(output.positions() / rows, output.width(), output.width());
            loss = null;
            reduction = null;
            isOfWholeBatch = false;
        } else {
            reduction = given.reduction();
            layout = given.check(place.trueShape(), place.predShape());
            LossFunction function = computed.newFunction(place.trueShape(), place.predShape());
            isOfWholeBatch = function.isOfWholeBatch();
            loss = new WeightedLoss(
                    function,
                    given.reduction(),
                    rows * layout.positionsPerRow(),
                    classWeights.isEmpty() ? layout.positionsPerRow() : 1);
        }
        int positions = rows * layout.positionsPerRow();
        predictions = output.values().buffer();
        logits = needsLogits ? signal.logits().signal().value().values().buffer() : null;
        lossGradient =
                source.gradient() == null ? null : source.gradient().values().buffer();
        yTrue = new float[positions * layout.trueWidth()];
        yPred = new float[output.size()];
        logitsPred = needsLogits ? new float[yPred.length] : null;
        lossPred = fromLogits ? logitsPred : yPred;
        gradient = lossGradient == null ? null : new float[yPred.length];
        weights = new float[positions];
        mask = signal.mask() == null ? null : new PositionMask(signal.mask(), positions);
        metrics = new MetricFunction[place.metrics().size()];
        metricInputs = new float[metrics.length][];
        for (int i = 0; i < metrics.length; i++) {
            Metric metric = place.metrics().get(i).metric();
            // Cross-entropies as metrics start from the logits whatever the loss does.
            Optional<Metric> onLogits = metric.onCachedLogits(activation);
            metrics[i] = onLogits.orElse(metric).newFunction(place.trueShape(), place.predShape(), rows);
            metricInputs[i] = onLogits.isPresent() ? logitsPred : yPred;
        }
    }

    /**
     * The factor that turns this micro-batch's sum of values into the sum over its samples of the batch's loss: what is logged. Of
     * values without a reduction Keras logs the mean.
     */
    private double perSample(int batchRows) {
        return switch (effectiveReduction()) {
            case SUM -> batchRows;
            case NONE -> 1.0 / layout.positionsPerRow();
            case SUM_OVER_BATCH_SIZE, MEAN, MEAN_WITH_SAMPLE_WEIGHT ->
                rows * reduction.factor(sums[WeightedLoss.COUNT], sums[WeightedLoss.WEIGHT_SUM]);
        };
    }

    /**
     * The same for the gradient, which Keras takes of the sum over all values without a reduction; a reduced loss is added to each
     * of them, and counts as often.
     */
    private double gradientPerSample(int batchRows) {
        if (effectiveReduction() == Reduction.NONE) {
            return batchRows;
        }
        double copies = unreducedPositions == 0 ? 1 : (double) batchRows * unreducedPositions;
        return copies * perSample(batchRows);
    }

    /** A single value of the whole batch is what it is. */
    private Reduction effectiveReduction() {
        return isOfWholeBatch && !weighted ? Reduction.SUM_OVER_BATCH_SIZE : reduction;
    }

    @Override
    public Tensor output() {
        return output;
    }

    @Override
    public void put(int row, SampleBlock block, int slot) {
        Column target = block.targets().get(index);
        int width = target.width();
        for (int i = 0; i < width; i++) {
            yTrue[row * width + i] = target.get(slot * width + i);
        }
        float[] sampleWeights = block.sampleWeights();
        weighted = sampleWeights != null || classWeights.length > 0;
        if (weighted) {
            float weight = sampleWeights == null ? 1 : sampleWeights[slot];
            int perRow = layout.positionsPerRow();
            for (int p = row * perRow; p < (row + 1) * perRow; p++) {
                weights[p] = weight * classWeight(p);
            }
        }
    }

    /** Weights by class, so that a step makes no objects. */
    private static float[] table(Map<Integer, Float> weights) {
        int classes = weights.keySet().stream().max(Integer::compare).orElse(-1) + 1;
        float[] table = new float[classes];
        for (int i = 0; i < classes; i++) {
            table[i] = weights.getOrDefault(i, 1f);
        }
        return table;
    }

    private float classWeight(int position) {
        if (classWeights.length == 0) {
            return 1;
        }
        int width = layout.trueWidth();
        int label = 0;
        if (width == 1) {
            label = Math.round(yTrue[position]);
        } else {
            for (int i = 1; i < width; i++) {
                label = yTrue[position * width + i] > yTrue[position * width + label] ? i : label;
            }
        }
        return label >= 0 && label < classWeights.length ? classWeights[label] : 1;
    }

    @Override
    public void forward(MetricState state, int batchRows) {
        predictions.get(0, yPred);
        if (logits != null) {
            logits.get(0, logitsPred);
        }
        float[] positionWeights = weighted ? weights : null;
        if (mask != null) {
            mask.load(positionWeights);
        }
        int positions = rows * layout.positionsPerRow();
        if (loss != null) {
            Arrays.fill(sums, 0);
            loss.forward(
                    yTrue,
                    layout.trueWidth(),
                    lossPred,
                    layout.width(),
                    positions,
                    positionWeights,
                    positionMask(),
                    sums,
                    0);
            double perSample = sums[WeightedLoss.WEIGHTED_SUM] * perSample(batchRows);
            state.add(StateLayout.LOSS, place.options().lossWeight() * perSample);
            if (place.lossIndex() >= 0) {
                state.add(place.lossIndex(), isUnreduced ? perSample : perSample / batchRows);
            }
        }
        if (index == 0) {
            state.add(StateLayout.SAMPLES, rows);
            if (place.lossIndex() >= 0) {
                state.add(StateLayout.BATCHES, (double) rows / batchRows);
            }
        }
        for (int i = 0; i < metrics.length; i++) {
            StateLayout.Place metric = place.metrics().get(i);
            metrics[i].update(
                    yTrue, metricInputs[i], rows, metricWeights(metric.weighted()), state.sums(), metric.offset());
        }
    }

    private float[] positionMask() {
        return mask == null ? null : mask.values();
    }

    /** A mask counts in metrics without weights, too. */
    private float[] metricWeights(boolean isWeighted) {
        if (mask != null) {
            return isWeighted && weighted ? mask.weighted() : mask.values();
        }
        return isWeighted && weighted ? weights : null;
    }

    @Override
    public void backward(int batchRows) {
        if (gradient == null) {
            return; // Nothing before the output is trained.
        }
        if (loss != null) {
            loss.backward(
                    yTrue,
                    layout.trueWidth(),
                    lossPred,
                    layout.width(),
                    rows * layout.positionsPerRow(),
                    weighted ? weights : null,
                    positionMask(),
                    place.options().lossWeight() * gradientPerSample(batchRows),
                    gradient);
        }
        lossGradient.put(0, gradient);
    }
}
