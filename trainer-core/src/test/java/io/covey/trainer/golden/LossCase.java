package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.losses.Loss;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.losses.Reduction;
import io.covey.trainer.losses.TargetLayout;
import io.covey.trainer.losses.WeightedLoss;
import io.covey.trainer.testing.NpyFile;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** A loss on several inputs: values of every reduction, with and without weights, and gradients of the default one. */
final class LossCase {
    private static final String EMPTY = "empty tensor";

    private final GoldenCase golden;
    private final Checks checks;
    private final Loss loss;

    private LossCase(GoldenCase golden, Checks checks) {
        this.golden = golden;
        this.checks = checks;
        loss = Losses.of(golden.get("loss").asText(), LossesMetricsGroup.config(golden));
    }

    static void verify(GoldenCase golden, Checks checks) {
        LossCase lossCase = new LossCase(golden, checks);
        for (JsonNode sub : golden.get("sub_cases")) {
            lossCase.verify(sub);
        }
    }

    private void verify(JsonNode sub) {
        Set<String> fields = new TreeSet<>();
        sub.fieldNames().forEachRemaining(fields::add);
        fields.removeAll(List.of("input", "y_true", "y_pred", "sample_weight"));
        Sample plain = new Sample(sub, null);
        Sample weighted = new Sample(sub, golden.array(sub.get("sample_weight")));
        for (String field : fields) {
            boolean isWeighted = field.endsWith("_weighted");
            Sample sample = isWeighted ? weighted : plain;
            String check = sub.get("input").asText() + " " + field;
            String what = isWeighted ? field.substring(0, field.length() - "_weighted".length()) : field;
            JsonNode expected = sub.get(field);
            if (expected.has("ok")) {
                // TensorFlow cannot reduce_max an empty tensor; here no samples are no error, and have no values.
                checks.equal(check, true, expected.get("error").asText().contains(EMPTY) && sample.positions == 0);
            } else if (what.equals("gradient_wrt_y_pred")) {
                float[] gradient = golden.array(expected).floats();
                checks.close(check, gradient, sample.gradient(), Ulps.of(sample.largestScale(), gradient));
            } else if (what.equals("none") && (expected.has("file") || sample.positions > 0)) {
                // A loss of the whole batch is a number as long as there are no weights.
                float[] values = expected.has("file")
                        ? golden.array(expected).floats()
                        : new float[] {(float) GoldenCase.number(expected)};
                checks.close(check, values, Arrays.copyOf(sample.values(), values.length), Ulps.of(1, values));
            } else if (expected.has("file")) {
                // Keras does not reduce an array of no values.
                checks.equal(check, golden.array(expected).elements(), sample.positions);
            } else if (sample.positions == 0) {
                // A loss of the whole batch is 1 without samples in Keras; here batches without samples have no loss.
                checks.equal(
                        check,
                        true,
                        loss.newFunction(sample.trueShape, sample.predShape).isOfWholeBatch());
            } else {
                double value = GoldenCase.number(expected);
                checks.close(
                        check,
                        value,
                        sample.reduced(Reduction.of(what)),
                        Ulps.of(sample.magnitude(Reduction.of(what)), value));
            }
        }
    }

    /** One input, with or without weights. */
    private final class Sample {
        private final float[] yTrue;
        private final float[] yPred;
        private final TargetLayout layout;
        private final int positions;
        private final int[] trueShape;
        private final int[] predShape;
        private final float[] weights;
        private final int positionsPerWeight;

        Sample(JsonNode sub, NpyFile weightArray) {
            NpyFile trueArray = golden.array(sub.get("y_true"));
            NpyFile predArray = golden.array(sub.get("y_pred"));
            trueShape = RecordedArrays.shapeOfSample(trueArray);
            predShape = RecordedArrays.shapeOfSample(predArray);
            yTrue = RecordedArrays.floats(trueArray);
            yPred = RecordedArrays.floats(predArray);
            int rows = predArray.shape().get(0);
            TargetLayout ofLoss = loss.check(trueShape, predShape);
            int weightsPerRow = weightArray == null || rows == 0 ? 1 : weightArray.elements() / rows;
            // A loss of the whole batch takes weights of any shape, as its value is the same everywhere.
            layout = loss.newFunction(trueShape, predShape).isOfWholeBatch() && weightsPerRow > 1
                    ? new TargetLayout(
                            weightsPerRow, ofLoss.trueWidth() / weightsPerRow, ofLoss.width() / weightsPerRow)
                    : ofLoss;
            positions = rows * layout.positionsPerRow();
            weights = weightArray == null ? null : new float[positions];
            positionsPerWeight = weightArray == null || positions == 0 ? 1 : positions / weightArray.elements();
            if (weightArray != null) {
                layout.spread(RecordedArrays.floats(weightArray), weightArray.elements(), rows, weights);
            }
        }

        float[] values() {
            WeightedLoss weighted = weightedLoss(Reduction.NONE);
            forward(weighted, new double[WeightedLoss.STATE_LENGTH]);
            return weighted.values();
        }

        double reduced(Reduction reduction) {
            double[] sums = new double[WeightedLoss.STATE_LENGTH];
            WeightedLoss weighted = weightedLoss(reduction);
            forward(weighted, sums);
            return weighted.result(sums, 0);
        }

        /** The reduction of the magnitudes of all values and of their terms: what rounding errors are relative to. */
        double magnitude(Reduction reduction) {
            double sum = 0;
            float[] values = values();
            for (int p = 0; p < positions; p++) {
                sum += Float.isFinite(values[p]) ? Math.max(Math.abs(values[p]), weight(p)) : 0;
            }
            double factor = Math.abs(factor(reduction));
            return Double.isNaN(factor) ? sum : sum * factor;
        }

        /** The factor of the derivatives: they are sums of terms of order 1. */
        double largestScale() {
            return IntStream.range(0, positions)
                    .mapToDouble(p -> weight(p) * Math.abs(factor(loss.reduction())))
                    .filter(Double::isFinite)
                    .max()
                    .orElse(0);
        }

        /** What is not finite scales no rounding error. */
        private double weight(int position) {
            if (weights == null) {
                return 1;
            }
            return Float.isFinite(weights[position]) ? Math.abs(weights[position]) : 0;
        }

        private WeightedLoss weightedLoss(Reduction reduction) {
            return new WeightedLoss(loss.newFunction(trueShape, predShape), reduction, positions, positionsPerWeight);
        }

        /** The derivative of the reduced loss by the sum of the values; without a reduction Keras adds derivatives. */
        private double factor(Reduction reduction) {
            if (reduction == Reduction.NONE) {
                return 1;
            }
            double[] sums = new double[WeightedLoss.STATE_LENGTH];
            forward(weightedLoss(Reduction.NONE), sums);
            return reduction.factor(sums[WeightedLoss.COUNT], sums[WeightedLoss.WEIGHT_SUM]);
        }

        private void forward(WeightedLoss weighted, double[] sums) {
            weighted.forward(yTrue, layout.trueWidth(), yPred, layout.width(), positions, weights, null, sums, 0);
        }

        float[] gradient() {
            float[] gradient = new float[yPred.length];
            WeightedLoss weighted = weightedLoss(loss.reduction());
            weighted.backward(
                    yTrue,
                    layout.trueWidth(),
                    yPred,
                    layout.width(),
                    positions,
                    weights,
                    null,
                    factor(loss.reduction()),
                    gradient);
            return gradient;
        }
    }
}
