package io.covey.trainer.engine.attention;

import io.covey.trainer.config.Arguments;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.engine.attention.PlaceMask.Kind;
import io.covey.trainer.engine.attention.ProductOp.Factor;
import io.covey.trainer.layers.attention.AdditiveAttention;
import io.covey.trainer.layers.attention.Attention;
import io.covey.trainer.layers.attention.AttentionLayer;
import io.covey.trainer.layers.attention.GroupQueryAttention;
import io.covey.trainer.layers.attention.MultiHeadAttention;
import io.covey.trainer.layers.attention.ProjectedAttention;
import io.covey.trainer.layers.core.Dense;
import io.covey.trainer.layers.merging.Merge;
import io.covey.trainer.layers.reshaping.UpSampling;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Lowers attention: products of matrices on oneDNN, the rest in Java. */
public final class AttentionLowerings implements LoweringProvider {
    @Override
    public void register(Registry registry) {
        registry.register(Attention.class, AttentionLowerings::lower);
        registry.register(AdditiveAttention.class, AttentionLowerings::lower);
        registry.register(GroupQueryAttention.class, AttentionLowerings::lower);
        registry.register(MultiHeadAttention.class, AttentionLowerings::lower);
    }

    /** Query, value and key in C order, each with a gradient of its own. */
    private record Inputs(Signal query, Signal value, Signal key) {
        static Inputs of(Lowering call) {
            List<Signal> plain = call.inputs().stream().map(call::plain).toList();
            if (plain.size() == 3) {
                return new Inputs(plain.get(0), plain.get(1), plain.get(2));
            }
            List<Signal> forks = call.fork(plain.get(1), 2);
            return new Inputs(plain.get(0), forks.get(0), forks.get(1));
        }

        int samples() {
            return query.value().shape()[0];
        }

        int steps() {
            return query.value().shape()[1];
        }

        int places() {
            return value.value().shape()[1];
        }
    }

    private static Signal scores(Lowering call, Inputs inputs, int heads) {
        return call.signal(inputs.samples(), heads, inputs.steps(), inputs.places());
    }

    private static void lower(Attention layer, Lowering call) {
        Inputs inputs = Inputs.of(call);
        Signal scores = scores(call, inputs, 1);
        ParameterUse scale = layer.hasScale() ? call.parameter(0) : null;
        if (layer.concatenates()) {
            ParameterUse weight = call.parameter(layer.hasScale() ? 1 : 0);
            call.add(new TanhScoresOp(call, scale, weight, inputs.query, inputs.key, scores));
            finish(layer, call, inputs, null, scores);
        } else {
            multiplyKeys(call, inputs.query, inputs.key, 1, scores);
            finish(layer, call, inputs, scale, scores);
        }
    }

    private static void lower(AdditiveAttention layer, Lowering call) {
        Inputs inputs = Inputs.of(call);
        Signal scores = scores(call, inputs, 1);
        ParameterUse scale = call.parameters().isEmpty() ? null : call.parameter(0);
        call.add(new TanhScoresOp(call, null, scale, inputs.query, inputs.key, scores));
        finish(layer, call, inputs, null, scores);
    }

    private static void multiplyKeys(Lowering call, Signal query, Signal key, int heads, Signal scores) {
        call.add(new ProductOp(
                call.scope(),
                new Factor(query, Matrices.ofHeads(query.value(), heads)),
                new Factor(key, Matrices.ofHeads(key.value(), heads).transposed()),
                new Factor(scores, Matrices.of(scores.value()))));
    }

    /** The means of the value's places, dropped weights left out. */
    private static Signal means(AttentionLayer layer, Lowering call, Signal weights, Signal value, int heads) {
        Signal kept = call.lower(layer.dropout(), List.of(weights), 0, 0).get(0);
        int[] shape = weights.value().shape();
        Signal means = call.signal(shape[0], shape[2], value.value().width());
        call.add(new ProductOp(
                call.scope(),
                new Factor(kept, Matrices.of(kept.value())),
                new Factor(value, Matrices.ofHeads(value.value(), heads)),
                new Factor(means, Matrices.ofHeads(means.value(), heads))));
        return means;
    }

    private static void finish(AttentionLayer layer, Lowering call, Inputs inputs, ParameterUse scale, Signal scores) {
        PlaceMask mask = new PlaceMask(
                Kind.LOWERED,
                layer.isCausal(),
                0,
                inputs.steps(),
                inputs.places(),
                null,
                masks(call.inputs().subList(1, 2)));
        Signal weights = call.signalLike(scores);
        call.add(new WeighingOp(call, 1f, scale, mask, scores, weights));
        Signal means = means(layer, call, weights, inputs.value, 1);
        Tensor ofSteps = call.input().mask();
        if (ofSteps == null) {
            call.output(means);
            return;
        }
        Signal counts = new Signal(call.scope().view(ofSteps, inputs.samples(), inputs.steps(), 1), null);
        Merge multiply = new Merge(Merge.Operation.MULTIPLY);
        call.output(call.lower(multiply, List.of(means, counts), 0, 0).get(0));
    }

    private static void lower(ProjectedAttention layer, Lowering call) {
        Inputs inputs = Inputs.of(call);
        List<Signal> queries = layer.isGated() ? call.fork(inputs.query, 2) : List.of(inputs.query);
        int heads = layer.heads();
        int valueHeads = layer.valueHeads();
        Signal query = projected(layer, call, layer.projection(heads * layer.keyDim()), queries.get(0), 0, true);
        Dense ofKeys = layer.projection(valueHeads * layer.keyDim());
        Signal key = shared(layer, call, projected(layer, call, ofKeys, inputs.key, 1, true));
        Signal gate = layer.isGated() ? projected(layer, call, layer.gate(), queries.get(1), 2, true) : null;
        int done = layer.isGated() ? 3 : 2;
        Dense ofValues = layer.projection(valueHeads * layer.valueDim());
        Signal value = shared(layer, call, projected(layer, call, ofValues, inputs.value, done, true));
        Signal scores = scores(call, inputs, heads);
        multiplyKeys(call, query, key, heads, scores);
        Signal weights = call.signalLike(scores);
        float factor = (float) (1 / Math.sqrt(layer.keyDim()));
        call.add(new WeighingOp(call, factor, null, mask(layer, call, inputs), scores, weights));
        Signal means = means(layer, call, weights, value, heads);
        if (gate != null) {
            Merge multiply = new Merge(Merge.Operation.MULTIPLY);
            means = call.lower(multiply, List.of(means, gate), 0, 0).get(0);
        }
        List<Integer> shape = layer.outputShape(call.inputs().stream()
                .map(input ->
                        Arrays.stream(input.value().shape()).skip(1).boxed().toList())
                .toList());
        int units = shape.stream().skip(1).reduce(1, Math::multiplyExact);
        Signal output = projected(layer, call, layer.projection(units), means, done + 1, call.isConsumed(0));
        int[] withRows = new int[shape.size() + 1];
        withRows[0] = inputs.samples();
        for (int i = 0; i < shape.size(); i++) {
            withRows[i + 1] = shape.get(i);
        }
        call.output(call.reshaped(output, withRows));
    }

    private static Signal projected(
            ProjectedAttention layer, Lowering call, Dense dense, Signal in, int index, boolean isRead) {
        int variables = layer.variablesOfProjection();
        Signal out =
                call.lower(dense, List.of(in), index * variables, variables).get(0);
        return call.penalized(dense.activityRegularizer(), call.plain(out), isRead);
    }

    /** Keys or values (samples, places, heads * width) with each head as often as heads of the query share it. */
    private static Signal shared(ProjectedAttention layer, Lowering call, Signal ofGroups) {
        int times = layer.heads() / layer.valueHeads();
        if (times == 1) {
            return ofGroups;
        }
        int[] shape = ofGroups.value().shape();
        int width = shape[2] / layer.valueHeads();
        Signal groups = call.reshaped(ofGroups, shape[0], shape[1], layer.valueHeads(), width);
        Map<String, Object> size = Map.of("size", List.of(1, times), "data_format", "channels_last");
        Signal repeated = call.lower(new UpSampling(2, Arguments.of("UpSampling2D", size)), List.of(groups), 0, 0)
                .get(0);
        return call.reshaped(repeated, shape[0], shape[1], shape[2] * times);
    }

    private static PlaceMask mask(ProjectedAttention layer, Lowering call, Inputs inputs) {
        // Keras computes scores apart where it drops some.
        Kind kind = layer.dropout().rate() > 0 ? Kind.DROPPED : Kind.REPLACED;
        return new PlaceMask(
                kind,
                layer.isCausal(),
                layer.window(),
                inputs.steps(),
                inputs.places(),
                call.input().mask(),
                masks(call.inputs().subList(1, call.inputs().size())));
    }

    private static List<Tensor> masks(List<Signal> signals) {
        return signals.stream().map(Signal::mask).filter(Objects::nonNull).toList();
    }
}
