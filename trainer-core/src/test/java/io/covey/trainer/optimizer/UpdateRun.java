package io.covey.trainer.optimizer;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Trains random parameters by random gradients, with the flat vector cut into ranges. */
final class UpdateRun {
    private UpdateRun() {}

    /**
     * The parameters and slots after {@code steps} steps.
     *
     * @param cuts ascending, from 0 to the layout's length
     */
    static List<float[]> train(ParameterLayout layout, Optimizer optimizer, int steps, long seed, long... cuts) {
        Random random = new Random(seed);
        int length = (int) layout.length();
        List<NativeFloats> vectors = new ArrayList<>();
        vectors.add(NativeFloats.allocate(length));
        fill(layout, vectors.get(0), random);
        for (String slot : optimizer.slots()) {
            NativeFloats vector = NativeFloats.allocate(length);
            vector.fill(optimizer.initialValue(slot));
            vectors.add(vector);
        }
        UpdatePlan plan = new UpdatePlan(layout, optimizer);
        List<RangeUpdater> updaters = new ArrayList<>();
        for (int i = 0; i < cuts.length - 1; i++) {
            updaters.add(new RangeUpdater(plan));
        }
        try (NativeFloats gradient = NativeFloats.allocate(length)) {
            for (int step = 0; step < steps; step++) {
                fill(layout, gradient, random);
                float rate = optimizer.learningRateAt(step, (float) optimizer.learningRate());
                for (RangeUpdater updater : updaters) {
                    updater.begin(1 / 3f, rate, step);
                }
                for (int pass = 0; pass < plan.passes(); pass++) {
                    run(updaters, pass, vectors, gradient, cuts);
                    if (plan.transformsVariables() && pass == plan.passes() - 2) {
                        long[] slots = vectors.stream()
                                .skip(1)
                                .mapToLong(NativeFloats::address)
                                .toArray();
                        updaters.get(0).transform(updaters.get(0).sums(), 0, length, slots, gradient.address());
                    }
                }
                updaters.get(0).constrain(0, length, vectors.get(0).address());
            }
        }
        List<float[]> result =
                vectors.stream().map(vector -> vector.get(0, length)).toList();
        vectors.forEach(NativeFloats::close);
        return result;
    }

    private static void run(
            List<RangeUpdater> updaters, int pass, List<NativeFloats> vectors, NativeFloats gradient, long... cuts) {
        NormSums totals = updaters.get(0).sums();
        for (int i = 0; i < updaters.size(); i++) {
            long from = cuts[i];
            long[] slots = vectors.stream()
                    .skip(1)
                    .mapToLong(slot -> slot.address(from))
                    .toArray();
            int length = (int) (cuts[i + 1] - from);
            updaters.get(i)
                    .run(pass, totals, from, length, vectors.get(0).address(from), slots, gradient.address(from));
        }
        for (int i = 1; i < updaters.size(); i++) {
            long[] state = new long[totals.stateLength(pass)];
            updaters.get(i).sums().copyTo(pass, state);
            totals.merge(pass, state);
        }
        totals.conclude(pass);
    }

    /** Random values for the variables, zeros for the gaps. */
    private static void fill(ParameterLayout layout, NativeFloats vector, Random random) {
        layout.parameters().forEach(parameter -> {
            float[] values = new float[(int) parameter.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            vector.put(parameter.offset(), values);
        });
    }
}
