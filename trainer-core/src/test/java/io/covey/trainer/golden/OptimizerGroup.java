package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.trainer.optimizer.Adafactor;
import io.covey.trainer.optimizer.Nadam;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.schedules.InverseTimeDecay;
import io.covey.trainer.schedules.LearningRateSchedule;
import io.covey.trainer.schedules.Schedules;
import io.covey.trainer.testing.NpyFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/** Optimizers step by step, their states, defaults and learning-rate schedules. */
final class OptimizerGroup implements GoldenGroup {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Half the distance between 1 and the next float: the largest relative error of one rounding. */
    private static final double ROUNDING = 0x1p-24;

    /**
     * Schedules: a power, root or cosine of the platform may be off by a unit in the last place or two, on either side; the
     * results are at most the initial rate.
     */
    private static final double SCHEDULE_TOLERANCE = 8 * ROUNDING;

    /** What Keras 3 calls the slots whose Keras 2 names Covey has. */
    private static final Map<String, Map<String, String>> KERAS3_SLOTS = Map.of(
            "adafactor", Map.of("velocity", "v"),
            "adadelta", Map.of("accumulated_grad", "accum_grad", "accumulated_delta_var", "accum_var"),
            "adam", Map.of("momentum", "m", "velocity", "v", "velocity_hat", "vhat"),
            "adamw", Map.of("momentum", "m", "velocity", "v", "velocity_hat", "vhat"),
            "nadam", Map.of("momentum", "m", "velocity", "v"),
            "lamb", Map.of("momentum", "m", "velocity", "v"),
            "lion", Map.of("momentum", "m"),
            "adamax", Map.of("momentum", "m", "norm", "v"),
            "rmsprop", Map.of("velocity", "rms", "average_gradient", "mg"));

    @Override
    public void verify(GoldenCase golden, Checks checks) {
        if (golden.has("rows")) {
            golden.skip("what");
            golden.get("rows").fields().forEachRemaining(row -> {
                if (!row.getKey().equals("note")) {
                    schedule(row.getKey(), row.getValue(), checks);
                }
            });
        } else if (golden.has("string_names")) {
            golden.skip("what");
            defaults(golden, checks);
        } else if (golden.get("kind").asText().equals("optimizer")) {
            steps(golden, checks);
        } else {
            throw new IllegalArgumentException("unknown kind " + golden.get("kind"));
        }
    }

    /** The row's name tells the kind; the names of the arguments confirm it. */
    private static void schedule(String name, JsonNode row, Checks checks) {
        Set<String> known = Set.of("config", "lr");
        row.fieldNames()
                .forEachRemaining(field -> checks.equal(name + " has field " + field, true, known.contains(field)));
        JsonNode config = row.get("config");
        LearningRateSchedule schedule = Schedules.of(className(config), arguments(config));
        JsonNode rates = row.get("lr");
        double[] expected = new double[rates.size()];
        double[] actual = new double[rates.size()];
        double largest = 0;
        for (int step = 0; step < expected.length; step++) {
            expected[step] = GoldenCase.number(rates.get(step));
            actual[step] = schedule.at(step);
            largest = Math.max(largest, Math.abs(expected[step]));
        }
        checks.close(name, expected, actual, SCHEDULE_TOLERANCE * largest);
    }

    private static String className(JsonNode config) {
        if (config.has("boundaries")) {
            return "PiecewiseConstantDecay";
        }
        if (config.has("first_decay_steps")) {
            return "CosineDecayRestarts";
        }
        if (config.has("warmup_target")) {
            return "CosineDecay";
        }
        if (config.has("end_learning_rate")) {
            return "PolynomialDecay";
        }
        return config.get("name").asText();
    }

    private static void defaults(GoldenCase golden, Checks checks) {
        golden.get("keras3").fields().forEachRemaining(entry -> {
            Optimizer optimizer = Optimizers.of(entry.getKey(), Map.of());
            config("keras3 " + entry.getKey(), entry.getValue(), optimizer, checks);
        });
        golden.get("keras2").fields().forEachRemaining(entry -> {
            Optimizer optimizer = Optimizers.of(entry.getKey(), Map.of("semantics", "keras2"));
            config("keras2 " + entry.getKey(), entry.getValue(), optimizer, checks);
        });
        golden.get("string_names")
                .fields()
                .forEachRemaining(entry -> checks.equal(
                        entry.getKey(),
                        Optimizers.of(entry.getValue().asText(), Map.of()),
                        Optimizers.of(entry.getKey(), Map.of())));
    }

    /** Every recorded argument must have the recorded value. */
    private static void config(String check, JsonNode expected, Optimizer optimizer, Checks checks) {
        Map<String, Object> actual = optimizer.config();
        expected.fields().forEachRemaining(field -> {
            String name = field.getKey();
            if (!name.equals("name")) {
                argument(check + " " + name, field.getValue(), actual.get(name), checks);
            }
        });
    }

    private static void argument(String check, JsonNode expected, Object actual, Checks checks) {
        if (expected.isNumber() && actual instanceof Number number) {
            // Keras 3 keeps the rate, Keras 2 all numbers, as float32.
            checks.close(check, (float) expected.asDouble(), number.floatValue(), 0);
        } else if (expected.isObject() && actual instanceof Map<?, ?> map) {
            Set<String> names = Set.of("name", "module", "registered_name");
            expected.fields().forEachRemaining(field -> {
                if (!names.contains(field.getKey())) {
                    argument(check + " " + field.getKey(), field.getValue(), map.get(field.getKey()), checks);
                }
            });
        } else if (expected.isArray() && actual instanceof List<?> list) {
            checks.equal(check + " size", expected.size(), list.size());
            for (int i = 0; i < expected.size(); i++) {
                argument(check + " " + i, expected.get(i), list.get(i), checks);
            }
        } else {
            checks.equal(check, JSON.convertValue(expected, Object.class), actual);
        }
    }

    private static void steps(GoldenCase golden, Checks checks) {
        golden.skip("gradients_kind", "note");
        int version = golden.get("keras").asInt();
        if (version != 2 && version != 3) {
            throw new IllegalArgumentException("unknown version of Keras: " + version);
        }
        Map<String, Object> arguments = arguments(golden.get("config"));
        arguments.put("semantics", "keras" + version);
        Optimizer optimizer = Optimizers.of(golden.get("optimizer").asText(), arguments);
        config("config", golden.get("config"), optimizer, checks);

        List<OptimizerRun.Variable> variables = new ArrayList<>();
        golden.get("w0").fields().forEachRemaining(entry -> {
            NpyFile gradients = golden.array(golden.get("gradients").get(entry.getKey()));
            variables.add(new OptimizerRun.Variable(entry.getKey(), golden.array(entry.getValue()), gradients));
        });
        int steps = golden.get("steps").asInt();
        JsonNode rates = golden.get("learning_rate_before_step");
        try (OptimizerRun run = new OptimizerRun(optimizer, variables)) {
            Map<String, float[]> weights = run.train(steps);
            double[] expectedRates = new double[rates.size()];
            double[] actualRates = new double[rates.size()];
            for (int step = 0; step < rates.size(); step++) {
                expectedRates[step] = GoldenCase.number(rates.get(step));
                actualRates[step] = reportedRate(optimizer, step);
            }
            checks.close(
                    "learning_rate",
                    expectedRates,
                    actualRates,
                    SCHEDULE_TOLERANCE * DoubleStream.of(expectedRates).max().orElse(0));
            for (OptimizerRun.Variable variable : variables) {
                NpyFile expected = golden.array(golden.get("weights_after_step").get(variable.name()));
                checks.equal(variable.name() + " steps", steps, expected.shape().get(0));
                checks.close(
                        "weights " + variable.name(),
                        expected.floats(),
                        weights.get(variable.name()),
                        tolerance(steps, expected.floats()));
            }
            Set<String> seen = new HashSet<>();
            for (JsonNode state : golden.get("final_optimizer_variables")) {
                boolean again = !seen.add(state.get("name").asText());
                state(golden, state, again, optimizer, run, steps, checks);
            }
        }
    }

    /** Keras 2's Nadam reports a decayed rate, but does not use it. */
    private static double reportedRate(Optimizer optimizer, int step) {
        if (optimizer instanceof Nadam && optimizer.options().decay() > 0) {
            return new InverseTimeDecay(
                            optimizer.learningRate(), 1, optimizer.options().decay(), false)
                    .at(step);
        }
        return optimizer.learningRateAt(step, (float) optimizer.learningRate());
    }

    private static void state(
            GoldenCase golden,
            JsonNode state,
            boolean again,
            Optimizer optimizer,
            OptimizerRun run,
            int steps,
            Checks checks) {
        String name = state.get("name").asText().replace(":0", "");
        NpyFile expected = golden.array(state);
        // Keras 3 numbers the variables that have no name of their own.
        String last = name.substring(name.lastIndexOf('/') + 1).replaceFirst("^variable_\\d+$", "variable");
        switch (last) {
            case "iteration", "iter" -> checks.equal(name, (long) steps, expected.longs()[0]);
            case "learning_rate" -> checks.close(name, expected.floats()[0], (float) optimizer.learningRate(), 0);
            case "variable", "momentum_cache" ->
                checks.close(
                        name,
                        expected.floats()[0],
                        ((Nadam) optimizer).momentumProduct(updates(optimizer, steps)),
                        2 * steps * ROUNDING * expected.floats()[0]);
            default -> {
                Map<String, String> renamed = KERAS3_SLOTS.getOrDefault(optimizer.name(), Map.of());
                String slot = name.substring(name.indexOf('/') + 1);
                float[] actual =
                        optimizer instanceof Adafactor && golden.get("w0").has(slot)
                                ? run.means(slot, again, expected.elements())
                                : run.slot(slot, renamed);
                // Adafactor's stand-ins for what it does not factor are integers.
                float[] values = RecordedArrays.floats(expected);
                checks.close(name, values, actual, tolerance(steps, values));
            }
        }
    }

    private static long updates(Optimizer optimizer, int steps) {
        Integer stepsPerUpdate = optimizer.options().gradientAccumulationSteps();
        return stepsPerUpdate == null ? steps : steps / stepsPerUpdate;
    }

    /**
     * A step rounds each result a few times, on either side; such errors add up like a random walk. They are absolute, of the
     * size of the largest value, because gradients and updates are sums and differences of values of all sizes.
     */
    private static double tolerance(int steps, float[] expected) {
        double largest = 0;
        for (float value : expected) {
            largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
        }
        return largest * 2 * Math.sqrt(steps) * ROUNDING;
    }

    private static Map<String, Object> arguments(JsonNode config) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        config.fields()
                .forEachRemaining(
                        field -> arguments.put(field.getKey(), JSON.convertValue(field.getValue(), Object.class)));
        return arguments;
    }
}
