package io.covey.trainer.engine.normalization;

import io.covey.trainer.CoveyException;
import io.covey.trainer.engine.Lowering;
import io.covey.trainer.engine.LoweringProvider;
import io.covey.trainer.engine.Onednn;
import io.covey.trainer.engine.OnednnScope;
import io.covey.trainer.engine.ParameterUse;
import io.covey.trainer.engine.Signal;
import io.covey.trainer.engine.Tensor;
import io.covey.trainer.engine.normalization.NormalizationOp.Statistics;
import io.covey.trainer.layers.normalization.AxisNormalization;
import io.covey.trainer.layers.normalization.BatchNormalization;
import io.covey.trainer.layers.normalization.GroupNormalization;
import io.covey.trainer.layers.normalization.LayerNormalization;
import io.covey.trainer.layers.normalization.RMSNormalization;
import io.covey.trainer.layers.normalization.UnitNormalization;
import io.covey.trainer.memory.NativeFloats;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Lowers all normalization layers. */
public final class NormalizationLowerings implements LoweringProvider {
    /** Keras' bound of the sum of squares. */
    private static final double UNIT_EPSILON = 1e-12;

    @Override
    public void register(Registry registry) {
        registry.register(BatchNormalization.class, NormalizationLowerings::batch);
        registry.register(LayerNormalization.class, NormalizationLowerings::layer);
        registry.register(GroupNormalization.class, NormalizationLowerings::group);
        registry.register(
                RMSNormalization.class,
                (layer, call) ->
                        byRow(layer, call, RowNormalizationOp.Size.MEAN_SQUARE, layer.epsilon(), call.parameter(0)));
        registry.register(
                UnitNormalization.class,
                (layer, call) -> byRow(layer, call, RowNormalizationOp.Size.SUM_OF_SQUARES, UNIT_EPSILON, null));
    }

    private static AxisOrder order(AxisNormalization layer, Lowering call) {
        int[] shape = call.input().value().shape();
        List<Integer> sample = Arrays.stream(shape).skip(1).boxed().toList();
        return new AxisOrder(shape.length, layer.axes(sample));
    }

    private static void batch(BatchNormalization layer, Lowering call) {
        OnednnScope scope = call.scope();
        int[] shape = call.input().value().shape();
        AxisOrder order = order(layer, call);
        boolean inPlaceFormat = order.isIdentity() && !call.input().value().isPlain();
        Signal ordered = inPlaceFormat ? call.input() : order.apply(call, call.input());
        // oneDNN's fast kernels take two spatial axes.
        Signal in = inPlaceFormat ? ordered : call.reshaped(ordered, positions(ordered), 1, 1, channels(ordered));
        Signal out = call.signal(in.value().desc(), in.value().shape());
        ParameterUse gamma = layer.hasScale() ? call.parameter(0) : null;
        ParameterUse beta = layer.hasCenter() ? call.parameter(layer.hasScale() ? 1 : 0) : null;
        int first = call.parameters().size() - 2;
        ParameterUse movingMean = call.parameter(first);
        ParameterUse movingVariance = call.parameter(first + 1);
        int size = in.value().width();
        dnnl_memory_desc vector = scope.desc(dnnl.dnnl_f32, dnnl.dnnl_a, size);
        Statistics statistics;
        if (call.isTraining() && layer.isTrainable()) {
            NativeFloats mean = scope.floats(size);
            NativeFloats variance = scope.floats(size);
            Tensor mask = call.input().mask();
            if (mask != null) {
                if (!order.isIdentity() || mask.size() != in.value().size() / size) {
                    throw CoveyException.caller(call.name() + ": a mask needs an axis of -1 and one number for each of"
                            + " the input's " + in.value().size() / size + " positions, it has " + mask.size());
                }
                call.add(new MovingStatisticsOp(call.rows(), mean, variance, movingMean, movingVariance));
                Signal plain = call.plain(in);
                Signal masked = call.signalLike(plain);
                call.add(new MaskedBatchNormalizationOp(
                        call, layer.epsilon(), mask, mean, variance, gamma, beta, plain, masked));
                call.output(call.reshaped(masked, shape));
                return;
            }
            statistics = new Statistics(
                    scope.memory(vector, mean.pointer()), scope.memory(vector, variance.pointer()), false);
            call.add(new MovingStatisticsOp(call.rows(), mean, variance, movingMean, movingVariance));
        } else {
            statistics = new Statistics(movingMean.memory(vector), movingVariance.memory(vector), true);
        }
        float epsilon = (float) layer.epsilon();
        NormalizationOp.Primitives primitives = new NormalizationOp.Primitives() {
            @Override
            public dnnl_primitive_desc forward(int propagation, int flags) {
                return scope.primitiveDesc(
                        "batch_normalization_forward",
                        d -> dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
                                d,
                                Onednn.engine(),
                                propagation,
                                in.value().desc(),
                                out.value().desc(),
                                epsilon,
                                flags,
                                scope.attributes()));
            }

            @Override
            public dnnl_primitive_desc backward(
                    int propagation, int flags, Tensor inputGradient, dnnl_primitive_desc forwardDesc) {
                return scope.primitiveDesc(
                        "batch_normalization_backward",
                        d -> dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
                                d,
                                Onednn.engine(),
                                propagation,
                                inputGradient.desc(),
                                out.gradient().desc(),
                                in.value().desc(),
                                epsilon,
                                flags,
                                forwardDesc,
                                scope.attributes()));
            }
        };
        call.add(new NormalizationOp(scope, primitives, statistics, gamma, beta, in, out));
        call.forget(out);
        call.output(
                inPlaceFormat
                        ? out
                        : order.restore(call, call.reshaped(out, ordered.value().shape()), shape));
    }

    private static void layer(LayerNormalization layer, Lowering call) {
        ParameterUse gamma = layer.hasScale() ? call.parameter(0) : null;
        if (layer.rmsScaling()) {
            byRow(layer, call, RowNormalizationOp.Size.VARIANCE, layer.epsilon(), gamma);
            return;
        }
        OnednnScope scope = call.scope();
        AxisOrder order = order(layer, call);
        Signal ordered = order.apply(call, call.input());
        Signal in = matrix(layer, call, ordered);
        Signal out = call.signalLike(in);
        int rows = in.value().rows();
        dnnl_memory_desc perRow = scope.desc(dnnl.dnnl_f32, dnnl.dnnl_a, rows);
        Statistics statistics = statistics(scope, perRow, rows);
        float epsilon = (float) layer.epsilon();
        NormalizationOp.Primitives primitives = new NormalizationOp.Primitives() {
            @Override
            public dnnl_primitive_desc forward(int propagation, int flags) {
                return scope.primitiveDesc(
                        "layer_normalization_forward",
                        d -> dnnl.dnnl_layer_normalization_forward_primitive_desc_create(
                                d,
                                Onednn.engine(),
                                propagation,
                                in.value().desc(),
                                out.value().desc(),
                                perRow,
                                epsilon,
                                flags,
                                scope.attributes()));
            }

            @Override
            public dnnl_primitive_desc backward(
                    int propagation, int flags, Tensor inputGradient, dnnl_primitive_desc forwardDesc) {
                return scope.primitiveDesc(
                        "layer_normalization_backward",
                        d -> dnnl.dnnl_layer_normalization_backward_primitive_desc_create(
                                d,
                                Onednn.engine(),
                                propagation,
                                inputGradient.desc(),
                                out.gradient().desc(),
                                in.value().desc(),
                                perRow,
                                epsilon,
                                flags,
                                forwardDesc,
                                scope.attributes()));
            }
        };
        ParameterUse beta = layer.hasCenter() ? call.parameter(layer.hasScale() ? 1 : 0) : null;
        call.add(new NormalizationOp(scope, primitives, statistics, gamma, beta, in, out));
        call.forget(out);
        restore(call, order, ordered, out);
    }

    private static void group(GroupNormalization layer, Lowering call) {
        OnednnScope scope = call.scope();
        AxisOrder order = order(layer, call);
        Signal ordered = order.apply(call, call.input());
        int rows = call.rows();
        Signal in = call.reshaped(ordered, rows, positions(ordered) / rows, 1, channels(ordered));
        Signal out = call.signalLike(in);
        int groups = layer.groups(channels(ordered));
        dnnl_memory_desc perGroup = scope.desc(dnnl.dnnl_f32, dnnl.dnnl_ab, rows, groups);
        Statistics statistics = statistics(scope, perGroup, rows * groups);
        float epsilon = (float) layer.epsilon();
        NormalizationOp.Primitives primitives = new NormalizationOp.Primitives() {
            @Override
            public dnnl_primitive_desc forward(int propagation, int flags) {
                return scope.primitiveDesc(
                        "group_normalization_forward",
                        d -> dnnl.dnnl_group_normalization_forward_primitive_desc_create(
                                d,
                                Onednn.engine(),
                                propagation,
                                in.value().desc(),
                                out.value().desc(),
                                groups,
                                epsilon,
                                flags,
                                scope.attributes()));
            }

            @Override
            public dnnl_primitive_desc backward(
                    int propagation, int flags, Tensor inputGradient, dnnl_primitive_desc forwardDesc) {
                return scope.primitiveDesc(
                        "group_normalization_backward",
                        d -> dnnl.dnnl_group_normalization_backward_primitive_desc_create(
                                d,
                                Onednn.engine(),
                                propagation,
                                inputGradient.desc(),
                                out.gradient().desc(),
                                in.value().desc(),
                                groups,
                                epsilon,
                                flags,
                                forwardDesc,
                                scope.attributes()));
            }
        };
        ParameterUse gamma = layer.hasScale() ? call.parameter(0) : null;
        ParameterUse beta = layer.hasCenter() ? call.parameter(layer.hasScale() ? 1 : 0) : null;
        call.add(new NormalizationOp(scope, primitives, statistics, gamma, beta, in, out));
        call.forget(out);
        restore(call, order, ordered, out);
    }

    private static void byRow(
            AxisNormalization layer, Lowering call, RowNormalizationOp.Size size, double epsilon, ParameterUse gamma) {
        AxisOrder order = order(layer, call);
        Signal ordered = order.apply(call, call.input());
        Signal in = matrix(layer, call, ordered);
        Signal out = call.signalLike(in);
        NativeFloats gammaSum = gamma != null && out.gradient() != null
                ? call.scope().floats(in.value().width())
                : null;
        call.add(new RowNormalizationOp(size, epsilon, gamma, gammaSum, in, out));
        restore(call, order, ordered, out);
    }

    private static Statistics statistics(OnednnScope scope, dnnl_memory_desc desc, int count) {
        return new Statistics(
                scope.memory(desc, scope.floats(count).pointer()),
                scope.memory(desc, scope.floats(count).pointer()),
                false);
    }

    /** A row for each set of numbers that are normalised together. */
    private static Signal matrix(AxisNormalization layer, Lowering call, Signal ordered) {
        int[] shape = call.input().value().shape();
        List<Integer> sample = Arrays.stream(shape).skip(1).boxed().toList();
        int width = layer.axes(sample).stream().map(sample::get).reduce(1, Math::multiplyExact);
        return call.reshaped(ordered, ordered.value().size() / width, width);
    }

    private static void restore(Lowering call, AxisOrder order, Signal ordered, Signal out) {
        Signal reshaped = call.reshaped(out, ordered.value().shape());
        call.output(order.restore(call, reshaped, call.input().value().shape()));
    }

    private static int positions(Signal signal) {
        return signal.value().positions();
    }

    private static int channels(Signal signal) {
        return signal.value().width();
    }
}
