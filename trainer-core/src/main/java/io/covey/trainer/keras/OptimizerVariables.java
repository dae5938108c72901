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
import java.util.stream.Stream;

/**
 * The variables of an optimizer in the order in which Keras 3 has them in its files: iteration and learning rate, what the
 * common options need, then the optimizer's own; of slots that are made together one weight's all come before the next one's.
 */
final class OptimizerVariables {
    private static final String ITERATION = "iteration";
    private static final String LEARNING_RATE = "learning_rate";
    private static final String MOMENTUM_PRODUCT = "u_product";
    /** A 0 where Adafactor has means of rows and columns of other weights. */
    private static final String PLACEHOLDER = "placeholder";

    private static final String LARGEST_SQUARES = "vhat";

    private final Optimizer optimizer;
    private final Model model;
    private final List<Variable> variables = new ArrayList<>();

    /**
     * A variable.
     *
     * @param name of the slot or number
     * @param parameter whose slot it is; null for a number
     * @param shape empty for a number
     */
    private record Variable(String name, ParameterSpec parameter, List<Integer> shape) {
        static Variable number(String name) {
            return new Variable(name, null, List.of());
        }
    }

    /** The variables of {@code optimizer} when it trains {@code model}. */
    OptimizerVariables(Optimizer optimizer, Model model) {
        this.optimizer = optimizer;
        this.model = model;
        variables.add(Variable.number(ITERATION));
        if (!optimizer.hasSchedule()) {
            variables.add(Variable.number(LEARNING_RATE));
        }
        List<ParameterSpec> trained = model.layout().parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .toList();
        for (List<String> together : slots(optimizer)) {
            for (ParameterSpec parameter : trained) {
                together.forEach(slot -> variables.add(variable(slot, parameter)));
            }
        }
        if (optimizer instanceof Nadam) {
            variables.add(Variable.number(MOMENTUM_PRODUCT));
        }
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

    private Variable variable(String slot, ParameterSpec parameter) {
        boolean isFactor =
                optimizer instanceof Adafactor && (slot.equals(Adafactor.ROWS) || slot.equals(Adafactor.COLUMNS));
        if (!isFactor) {
            return new Variable(slot, parameter, parameter.shape());
        }
        List<Integer> shape = new ArrayList<>(parameter.shape());
        if (shape.size() < 2) {
            return Variable.number(PLACEHOLDER);
        }
        shape.remove(shape.size() - (slot.equals(Adafactor.ROWS) ? 1 : 2));
        return new Variable(slot, parameter, List.copyOf(shape));
    }

    /** Number of variables. */
    int count() {
        return variables.size();
    }

    /** Names as Keras makes them, for example {@code adam/sequential_dense_kernel_m}. */
    List<String> names() {
        Stream<String> names = variables.stream()
                .map(variable -> variable.parameter() == null
                        ? variable.name()
                        : model.weightPath(variable.parameter()).replace('/', '_') + "_" + variable.name());
        return names.map(name -> optimizer.name() + "/" + name).toList();
    }

    /**
     * Writes all variables.
     *
     * @param paths where each goes
     */
    void write(Hdf5Writer file, List<String> paths, OptimizerState state) {
        for (int i = 0; i < variables.size(); i++) {
            Variable variable = variables.get(i);
            String path = paths.get(i);
            if (variable.parameter() != null) {
                NativeFloats slot = slot(variable, state.slots());
                file.floats(path, variable.shape(), slot, variable.parameter().offset());
                continue;
            }
            switch (variable.name()) {
                case ITERATION -> file.integer(path, state.iterations());
                case LEARNING_RATE -> file.number(path, state.learningRate());
                case MOMENTUM_PRODUCT -> file.number(path, ((Nadam) optimizer).momentumProduct(state.iterations()));
                default -> file.integer(path, 0);
            }
        }
    }

    /** Whether a file has arrays at these paths, as many and of the same shapes as these variables. */
    boolean areIn(Hdf5File file, List<String> paths) {
        boolean fits = paths.size() == variables.size();
        for (int i = 0; fits && i < paths.size(); i++) {
            fits = file.hasArray(paths.get(i), variables.get(i).shape());
        }
        return fits;
    }

    /**
     * Reads all variables.
     *
     * @param paths where each is
     * @param slots to read into, in the order of the optimizer's names
     */
    OptimizerState read(Hdf5File file, List<String> paths, List<NativeFloats> slots) {
        long iterations = 0;
        float learningRate = (float) optimizer.learningRate();
        for (int i = 0; i < variables.size(); i++) {
            Variable variable = variables.get(i);
            ParameterSpec parameter = variable.parameter();
            String path = paths.get(i);
            if (parameter != null) {
                String owner = "optimizer's " + variable.name() + " of " + parameter.path();
                slot(variable, slots).put(parameter.offset(), file.floats(path, owner, variable.shape()));
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
