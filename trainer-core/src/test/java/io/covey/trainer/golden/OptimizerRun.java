package io.covey.trainer.golden;

import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.memory.ExactSum;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.RangeUpdater;
import io.covey.trainer.optimizer.UpdatePlan;
import io.covey.trainer.testing.NpyFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Updates variables by given gradients, the flat vector cut in two as if two threads shared it. */
final class OptimizerRun implements AutoCloseable {
    /**
     * A variable.
     *
     * @param gradients of all steps, one after the other
     */
    record Variable(String name, NpyFile first, NpyFile gradients) {}

    private final Optimizer optimizer;
    private final List<Variable> variables;
    private final ParameterLayout layout;
    private final NativeFloats parameters;
    private final NativeFloats gradient;
    private final List<NativeFloats> slots = new ArrayList<>();

    OptimizerRun(Optimizer optimizer, List<Variable> variables) {
        this.optimizer = optimizer;
        this.variables = variables;
        List<ParameterSpec> specs = new ArrayList<>();
        long offset = 0;
        for (Variable variable : variables) {
            ParameterSpec spec = new ParameterSpec(
                    variable.name(), variable.name(), variable.first().shape(), new Zeros(), offset);
            specs.add(spec);
            offset = ParameterLayout.align(offset + spec.size());
        }
        layout = new ParameterLayout(specs, offset);
        parameters = NativeFloats.allocate(offset);
        gradient = NativeFloats.allocate(offset);
        for (String slot : optimizer.slots()) {
            NativeFloats values = NativeFloats.allocate(offset);
            values.fill(optimizer.initialValue(slot));
            slots.add(values);
        }
        for (int v = 0; v < variables.size(); v++) {
            parameters.put(specs.get(v).offset(), variables.get(v).first().floats());
        }
    }

    /** Runs all steps; the weights after each, by variable, one after the other. */
    Map<String, float[]> train(int steps) {
        Map<String, float[]> after = new LinkedHashMap<>();
        variables.forEach(variable ->
                after.put(variable.name(), new float[steps * variable.first().elements()]));
        UpdatePlan plan = new UpdatePlan(layout, optimizer);
        RangeUpdater[] updaters = {new RangeUpdater(plan), new RangeUpdater(plan)};
        long half = layout.length() / 2;
        long cut = plan.passes() > 1 ? half - half % ExactSum.BLOCK : half - 1;
        // The given gradients are those of the scaled loss.
        Double lossScale = optimizer.options().lossScaleFactor();
        float gradientScale = lossScale == null ? 1f : 1f / lossScale.floatValue();
        for (int step = 0; step < steps; step++) {
            for (int v = 0; v < variables.size(); v++) {
                Variable variable = variables.get(v);
                int size = variable.first().elements();
                float[] values = new float[size];
                System.arraycopy(variable.gradients().floats(), step * size, values, 0, size);
                gradient.put(layout.parameters().get(v).offset(), values);
            }
            float rate = optimizer.learningRateAt(step, (float) optimizer.learningRate());
            for (RangeUpdater updater : updaters) {
                updater.begin(gradientScale, rate, step);
            }
            for (int pass = 0; pass < plan.passes(); pass++) {
                run(updaters[0], updaters[0], pass, 0, cut);
                run(updaters[1], updaters[0], pass, cut, layout.length());
                updaters[0].sums().merge(pass, updaters[1].sums());
                updaters[0].sums().conclude(pass);
                if (plan.transformsVariables() && pass == plan.passes() - 2) {
                    long[] addresses =
                            slots.stream().mapToLong(NativeFloats::address).toArray();
                    updaters[0].transform(updaters[0].sums(), 0, layout.length(), addresses, gradient.address());
                }
            }
            for (int v = 0; v < variables.size(); v++) {
                float[] values = get(parameters, v);
                System.arraycopy(values, 0, after.get(variables.get(v).name()), step * values.length, values.length);
            }
        }
        return after;
    }

    private void run(RangeUpdater updater, RangeUpdater totals, int pass, long from, long to) {
        long[] slotAddresses =
                slots.stream().mapToLong(slot -> slot.address(from)).toArray();
        updater.run(
                pass,
                totals.sums(),
                from,
                (int) (to - from),
                parameters.address(from),
                slotAddresses,
                gradient.address(from));
    }

    private float[] get(NativeFloats vector, int variable) {
        ParameterSpec spec = layout.parameters().get(variable);
        return vector.get(spec.offset(), (int) spec.size());
    }

    /** The slot that Keras calls {@code a_momentum} (Keras 3) or {@code a/momentum} (Keras 2). */
    float[] slot(String name, Map<String, String> renamed) {
        for (int v = 0; v < variables.size(); v++) {
            String variable = variables.get(v).name();
            if (name.startsWith(variable + "/")) {
                return get(slots.get(index(name.substring(variable.length() + 1))), v);
            }
            if (name.startsWith(variable + "_")) {
                String slot = name.substring(variable.length() + 1);
                return get(slots.get(index(renamed.getOrDefault(slot, slot))), v);
            }
        }
        throw new IllegalArgumentException("unknown optimizer variable " + name);
    }

    /**
     * Adafactor's means, which Keras names like their variable: those of its rows first, then those of its columns, at the start
     * of the variable's place.
     */
    float[] means(String variable, boolean ofColumns, int length) {
        for (int v = 0; v < variables.size(); v++) {
            if (variables.get(v).name().equals(variable)) {
                return Arrays.copyOf(get(slots.get(index(ofColumns ? "c" : "r")), v), length);
            }
        }
        throw new IllegalArgumentException("unknown variable " + variable);
    }

    private int index(String slot) {
        int index = optimizer.slots().indexOf(slot);
        if (index < 0) {
            throw new IllegalArgumentException(
                    optimizer.name() + " has no slot " + slot + ", it has " + optimizer.slots());
        }
        return index;
    }

    @Override
    public void close() {
        parameters.close();
        gradient.close();
        slots.forEach(NativeFloats::close);
    }
}
