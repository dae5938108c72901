package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.CoveyException;
import io.covey.trainer.autodiff.GradientTape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Cases of kind gradient_tape: values, gradients and second derivatives of expressions, and the tape's rules. */
final class GradientTapeChecks {
    private static final String NULL = "null";

    /** Keras computes in float32: a few roundings of numbers as large as the expected ones, which are of order 1. */
    private static final double ULPS = 8;

    private GradientTapeChecks() {}

    static void verify(GoldenCase golden, Checks checks) {
        Iterator<Map.Entry<String, JsonNode>> functions =
                golden.get("functions").fields();
        while (functions.hasNext()) {
            Map.Entry<String, JsonNode> function = functions.next();
            function(function.getKey(), function.getValue(), checks);
        }
        JsonNode rules = golden.get("rules");
        Iterator<String> names = rules.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!name.equals("note")) {
                rule(name, rules.get(name), checks);
            }
        }
    }

    private static void function(String name, JsonNode expected, Checks checks) {
        try (GradientTape tape = GradientTape.persistent()) {
            List<SDVariable> inputs = new ArrayList<>();
            expected.get("inputs").forEach(input -> inputs.add(tape.variable(array(input))));
            SDVariable y = expression(name, inputs);
            close(name + " y", array(expected.get("y")), y.eval(), checks);
            List<INDArray> gradients = tape.gradient(y, inputs);
            for (int i = 0; i < inputs.size(); i++) {
                close(name + " gradient " + i, array(expected.get("gradients").get(i)), gradients.get(i), checks);
                INDArray ones = Nd4j.onesLike(inputs.get(i).getArr());
                INDArray second = tape.secondDerivative(y, inputs.get(i), ones);
                JsonNode recorded = expected.get("second_derivative_row_sums").get(i);
                // Where Keras' gradient is a constant it has no second derivative: ours is 0 then.
                close(
                        name + " second derivative " + i,
                        recorded.isNull() ? Nd4j.zerosLike(second) : array(recorded),
                        second,
                        checks);
            }
        }
    }

    private static SDVariable expression(String name, List<SDVariable> inputs) {
        SDVariable x = inputs.get(0);
        SameDiff graph = x.getSameDiff();
        return switch (name) {
            case "square", "vector_target_is_summed" -> x.mul(x);
            case "x^3" -> x.pow(3);
            case "sum_sin_x_times_x" -> graph.math().sin(x).mul(x).sum();
            case "matmul_relu_sum" -> graph.nn().relu(x.mmul(inputs.get(1)), 0).sum();
            case "softplus_mean" -> graph.nn().softplus(x).mean();
            case "logsumexp" -> graph.math().log(graph.math().exp(x).sum());
            case "norm" -> graph.math().sqrt(x.mul(x).sum());
            case "max_ties" -> GradientTape.max(x);
            default -> throw new IllegalArgumentException("function " + name + " is not known to this suite");
        };
    }

    private static void rule(String name, JsonNode expected, Checks checks) {
        INDArray three = Nd4j.scalar(3.0);
        switch (name) {
            case "unwatched_constant" -> {
                try (GradientTape tape = new GradientTape()) {
                    SDVariable x = tape.constant(three);
                    checks.equal(name, text(expected), text(tape.gradient(x.mul(x), x)));
                }
            }
            case "watched_constant" -> {
                try (GradientTape tape = new GradientTape()) {
                    SDVariable x = tape.constant(three);
                    tape.watch(x);
                    checks.equal(name, text(expected), text(tape.gradient(x.mul(x), x)));
                }
            }
            case "non_trainable_variable" -> {
                try (GradientTape tape = new GradientTape()) {
                    SDVariable x = tape.nonTrainableVariable(three);
                    checks.equal(name, text(expected), text(tape.gradient(x.mul(x), x)));
                }
            }
            case "second_gradient_call_on_non_persistent_tape" -> {
                String message = "";
                try (GradientTape tape = new GradientTape()) {
                    SDVariable x = tape.variable(three);
                    SDVariable y = x.mul(x);
                    checks.equal(name + " (first)", 6.0, tape.gradient(y, x).getDouble());
                    tape.gradient(y, x);
                } catch (CoveyException e) {
                    message = e.getMessage();
                }
                checks.equal(
                        name, true, message.startsWith(expected.path("error").asText()));
            }
            default -> throw new IllegalArgumentException("rule " + name + " is not known to this suite");
        }
    }

    private static String text(JsonNode number) {
        return number.isNull() ? NULL : Double.toString(number.asDouble());
    }

    private static String text(INDArray number) {
        return number == null ? NULL : Double.toString(number.getDouble());
    }

    private static INDArray array(JsonNode numbers) {
        List<Long> shape = new ArrayList<>();
        for (JsonNode level = numbers; level.isArray(); level = level.get(0)) {
            shape.add((long) level.size());
        }
        List<Double> values = new ArrayList<>();
        collect(numbers, values);
        double[] flat = values.stream().mapToDouble(Double::doubleValue).toArray();
        return shape.isEmpty()
                ? Nd4j.scalar(flat[0])
                : Nd4j.create(flat, shape.stream().mapToLong(Long::longValue).toArray(), 'c');
    }

    private static void collect(JsonNode numbers, List<Double> values) {
        if (numbers.isArray()) {
            numbers.forEach(each -> collect(each, values));
        } else {
            values.add(GoldenCase.number(numbers));
        }
    }

    private static void close(String check, INDArray expected, INDArray found, Checks checks) {
        double[] values = numbers(expected);
        double scale = 1;
        for (double value : values) {
            scale = Math.max(scale, Math.abs(value));
        }
        checks.close(check, values, numbers(found), ULPS * scale * Math.ulp(1f) / 2);
    }

    private static double[] numbers(INDArray array) {
        return array.dup('c').data().asDouble();
    }
}
