package io.covey.trainer.keras;

import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.optimizer.Adafactor;
import io.covey.trainer.optimizer.Nadam;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.OptimizerOptions;
import io.covey.trainer.optimizer.RmsProp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The variables of an optimizer in the order in which Keras 3 numbers them in its files: iteration and learning rate, what the
 * common options need, then the optimizer's own; of slots that are made together one weight's all come before the next one's.
 */
final class OptimizerVariables {
    static final String GROUP = "optimizer/vars";

    private static final String ITERATION = "iteration";
    private static final String LEARNING_RATE = "learning_rate";
    private static final String MOMENTUM_PRODUCT = "u_product";
    private static final String LARGEST_SQUARES = "vhat";

    private final Optimizer optimizer;
    private final List<Variable> variables = new ArrayList<>();

    /** @param parameter whose slot it is; null for a number */
    private record Variable(String name, ParameterSpec parameter) {}

    private OptimizerVariables(Optimizer optimizer, Model model) {
        this.optimizer = optimizer;
        variables.add(new Variable(ITERATION, null));
        if (!optimizer.hasSchedule()) {
            variables.add(new Variable(LEARNING_RATE, null));
        }
        List<ParameterSpec> trained = model.layout().parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .toList();
        for (List<String> together : slots(optimizer)) {
            for (ParameterSpec parameter : trained) {
                together.forEach(slot -> variables.add(new Variable(slot, parameter)));
            }
        }
        if (optimizer instanceof Nadam) {
            variables.add(new Variable(MOMENTUM_PRODUCT, null));
        }
    }

    /** @return empty for Adafactor, whose factors have other shapes in Keras */
    static Optional<OptimizerVariables> of(Optimizer optimizer, Model model) {
        return optimizer instanceof Adafactor
                ? Optional.empty()
                : Optional.of(new OptimizerVariables(optimizer, model));
    }

    private static List<List<String>> slots(Optimizer optimizer) {
        List<List<String>> slots = new ArrayList<>();
        for (String common : List.of(OptimizerOptions.AVERAGE_SLOT, OptimizerOptions.ACCUMULATOR_SLOT)) {
            if (optimizer.slots().contains(common)) {
                slots.add(List.of(common));
            }
        }
        List<String> together = new ArrayList<>();
        List<List<String>> alone = new ArrayList<>();
        for (String slot : optimizer.ownSlots()) {
            if (optimizer instanceof RmsProp || slot.equals(LARGEST_SQUARES)) {
                alone.add(List.of(slot));
            } else {
                together.add(slot);
            }
        }
        slots.add(together);
        slots.addAll(alone);
        return slots;
    }

    /** Number of variables. */
    int count() {
        return variables.size();
    }

    /** The value of a variable as HDF5 takes it: a number, or an array of arrays. */
    Object value(int number, OptimizerState state) {
        Variable variable = variables.get(number);
        ParameterSpec parameter = variable.parameter();
        if (parameter != null) {
            float[] values = slot(variable, state.slots()).get(parameter.offset(), Math.toIntExact(parameter.size()));
            return Hdf5Weights.nested(values, parameter.shape(), 0);
        }
        return switch (variable.name()) {
            case ITERATION -> state.iterations();
            case LEARNING_RATE -> state.learningRate();
            default -> ((Nadam) optimizer).momentumProduct(state.iterations());
        };
    }

    /**
     * Reads all variables.
     *
     * @param slots to read into, in the order of the optimizer's names
     */
    OptimizerState read(Hdf5File file, List<NativeFloats> slots) {
        long iterations = 0;
        float learningRate = (float) optimizer.learningRate();
        for (int i = 0; i < variables.size(); i++) {
            Variable variable = variables.get(i);
            ParameterSpec parameter = variable.parameter();
            String path = GROUP + "/" + i;
            if (parameter != null) {
                String owner = "optimizer's " + variable.name() + " of " + parameter.path();
                slot(variable, slots).put(parameter.offset(), file.floats(path, owner, parameter.shape()));
            } else if (variable.name().equals(ITERATION)) {
                iterations = file.integer(path, "optimizer's iteration");
            } else if (variable.name().equals(LEARNING_RATE)) {
                learningRate = file.floats(path, "optimizer's learning_rate", List.of())[0];
            }
        }
        return new OptimizerState(slots, iterations, learningRate);
    }

    private NativeFloats slot(Variable variable, List<NativeFloats> slots) {
        return slots.get(optimizer.slots().indexOf(variable.name()));
    }
}
