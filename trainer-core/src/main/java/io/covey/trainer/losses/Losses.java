package io.covey.trainer.losses;

import io.covey.trainer.CoveyException;
import io.covey.trainer.config.Arguments;
import io.covey.trainer.config.NearestName;
import io.covey.trainer.config.RefusedNames;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes losses, by Keras' name or by method: {@code Losses.of("huber", Map.of("delta", 2))}, {@code
 * Losses.sparseCategoricalCrossentropy().fromLogits(true)}.
 */
public final class Losses {
    private static final String NAME = "name";
    private static final String REDUCTION = "reduction";

    private static final RefusedNames REFUSED = new RefusedNames(
            "loss",
            Map.of(
                    "loss_function_wrapper", "functions cannot be named: use the loss that it wraps",
                    "loss", "it is the class that all losses have in common"));

    private Losses() {}

    /** Keras' function names of all losses. */
    public static List<String> names() {
        return Arrays.stream(LossType.values()).map(LossType::kerasName).toList();
    }

    /** A loss with Keras' defaults, see {@link #of(String, Map)}. */
    public static Loss of(String name) {
        return of(name, Map.of());
    }

    /**
     * @param name Keras' function name, class name or short name ({@code mse}, {@code KLD}, ...)
     * @param config Keras' arguments, {@code name} and {@code reduction} among them; the rest by default
     * @throws CoveyException a caller's error for a loss or an argument that does not exist, or a wrong value
     */
    public static Loss of(String name, Map<String, ?> config) {
        LossType type = type(name);
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put(NAME, type.defaultName());
        defaults.put(REDUCTION, Reduction.SUM_OVER_BATCH_SIZE.kerasName());
        defaults.put("dtype", "float32");
        defaults.putAll(type.arguments());
        String owner = "loss " + type.kerasName();
        Arguments all = Arguments.declared(owner, defaults, config);
        Map<String, Object> own = new LinkedHashMap<>(all.values());
        own.keySet().retainAll(type.arguments().keySet());
        return new Loss(
                type,
                all.text(NAME, type.defaultName()),
                Reduction.of(all.text(REDUCTION)),
                Arguments.declared(owner, type.arguments(), own));
    }

    private static LossType type(String name) {
        return Arrays.stream(LossType.values())
                .filter(type -> names(type).anyMatch(name::equals)
                        || type.aliases().stream().anyMatch(name::equalsIgnoreCase))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> known = Arrays.stream(LossType.values())
                            .flatMap(type -> Stream.concat(names(type), type.aliases().stream()))
                            .toList();
                    REFUSED.check(name);
                    return CoveyException.caller("loss " + name + " is not known" + NearestName.advice(name, known));
                });
    }

    private static Stream<String> names(LossType type) {
        return Stream.of(type.kerasName(), type.className());
    }

    /** Mean of {@code (t - p)^2}. */
    public static Loss meanSquaredError() {
        return of("mean_squared_error");
    }

    /** Mean of {@code |t - p|}. */
    public static Loss meanAbsoluteError() {
        return of("mean_absolute_error");
    }

    /** Mean of {@code 100 |t - p| / max(|t|, 1e-7)}. */
    public static Loss meanAbsolutePercentageError() {
        return of("mean_absolute_percentage_error");
    }

    /** Mean of {@code (log(1 + p) - log(1 + t))^2}. */
    public static Loss meanSquaredLogarithmicError() {
        return of("mean_squared_logarithmic_error");
    }

    /** Mean of {@code -t log(p) - (1 - t) log(1 - p)}. */
    public static Loss binaryCrossentropy() {
        return of("binary_crossentropy");
    }

    /** Binary cross-entropy that weighs easy elements down. */
    public static Loss binaryFocalCrossentropy() {
        return of("binary_focal_crossentropy");
    }

    /** Cross-entropy of one-hot targets, or of distributions. */
    public static Loss categoricalCrossentropy() {
        return of("categorical_crossentropy");
    }

    /** Categorical cross-entropy that weighs easy classes down. */
    public static Loss categoricalFocalCrossentropy() {
        return of("categorical_focal_crossentropy");
    }

    /** Cross-entropy of integer labels. */
    public static Loss sparseCategoricalCrossentropy() {
        return of("sparse_categorical_crossentropy");
    }

    /** Kullback-Leibler divergence, sum of {@code t log(t / p)}. */
    public static Loss klDivergence() {
        return of("kl_divergence");
    }

    /** Mean of {@code p - t log(p)}. */
    public static Loss poisson() {
        return of("poisson");
    }

    /** Mean of {@code max(1 - t p, 0)} for targets -1 and 1, or 0 and 1. */
    public static Loss hinge() {
        return of("hinge");
    }

    /** Mean of {@code max(1 - t p, 0)^2}. */
    public static Loss squaredHinge() {
        return of("squared_hinge");
    }

    /** {@code max(largest wrong - right + 1, 0)} for one-hot targets. */
    public static Loss categoricalHinge() {
        return of("categorical_hinge");
    }

    /** Mean of half the squared error, linear beyond {@code delta}. */
    public static Loss huber() {
        return of("huber");
    }

    /** Mean of {@code log(cosh(p - t))}. */
    public static Loss logCosh() {
        return of("log_cosh");
    }

    /** Minus the cosine of the angle between targets and predictions. */
    public static Loss cosineSimilarity() {
        return of("cosine_similarity");
    }
}
