package io.covey.trainer.optimizer;

import io.covey.trainer.CoveyException;
import io.covey.trainer.schedules.ExponentialDecay;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class OptimizersTest {
    @Test
    void shouldReadBackWhatItsConfigSays() {
        UpdatePlanTest.optimizers()
                .forEach(optimizer -> assertEquals(optimizer, Optimizers.of(optimizer.name(), optimizer.config())));
        Optimizer scheduled = Optimizers.sgd(0.01).schedule(new ExponentialDecay(0.1, 10, 0.5, true));
        assertTrue(scheduled.hasSchedule());
        assertEquals(scheduled, Optimizers.of("SGD", scheduled.config()));
    }

    @Test
    void shouldBuildTheSameFluentlyAndFromArguments() {
        assertEquals(
                Optimizers.sgd(0.01).momentum(0.9).nesterov(true),
                Optimizers.of("Sgd", Map.of("momentum", 0.9, "nesterov", true)));
        assertEquals(
                Optimizers.adam(0.5).with(OptimizerOptions.DEFAULT.clipnorm(1).ema(0.9)),
                Optimizers.of(
                        "adam", Map.of("learning_rate", 0.5, "clipnorm", 1, "use_ema", true, "ema_momentum", 0.9)));
        assertEquals(
                Optimizers.sgd(0.01).schedule(new ExponentialDecay(0.1, 10, 0.5, false)),
                Optimizers.of(
                        "sgd",
                        Map.of(
                                "learning_rate",
                                Map.of(
                                        "exponential_decay",
                                        Map.of("initial_learning_rate", 0.1, "decay_steps", 10, "decay_rate", 0.5)))));
    }

    @Test
    void shouldNameWhatIsWrongAndWhatWasMeant() {
        refuses("adm", Map.of(), "unknown optimizer adm; did you mean adam?");
        refuses(
                "Muon",
                Map.of(),
                "optimizer Muon is not made by its name: it multiplies whole weight matrices,"
                        + " while server shards update element by element: use adamw or lamb");
        refuses(
                "LossScaleOptimizer",
                Map.of(),
                "optimizer LossScaleOptimizer is not made by its name: gradients are float32, their"
                        + " losses need no scale: name the optimizer inside it");
        refuses("sgd", Map.of("momentun", 1), "optimizer sgd has no argument momentun; did you mean momentum?");
        refuses("adam", Map.of("beta_1", 1.5), "beta_1 is 1.5, it must be in [0, 1]");
        refuses("adam", Map.of("beta_1", "x"), "optimizer adam: beta_1 is x, it must be a number");
        refuses("adam", Map.of("learning_rate", -1), "learning_rate is -1.0, it must be at least 0 and finite");
        refuses("adam", Map.of("amsgrad", "yes"), "optimizer adam: amsgrad is yes, it must be true or false");
        refuses(
                "sgd",
                Map.of("clipnorm", 1, "clipvalue", 2),
                "only one of clipnorm, clipvalue and global_clipnorm can be set; clipnorm is 1.0, clipvalue 2.0,"
                        + " global_clipnorm null");
        refuses(
                "sgd",
                Map.of("gradient_accumulation_steps", 1),
                "gradient_accumulation_steps is 1, it must be at least 2");
        refuses(
                "sgd",
                Map.of("decay", 0.1),
                "decay is 0.1, but Keras 3 has no such argument: use a schedule, or semantics: keras2");
        refuses(
                "sgd",
                Map.of("learning_rate", Map.of("cosine_decy", Map.of())),
                "unknown learning rate schedule cosine_decy; did you mean CosineDecay?");
        refuses(
                "sgd",
                Map.of("learning_rate", Map.of("cosine_decay", Map.of("decay_steps", 3))),
                "schedule CosineDecay: initial_learning_rate is missing, it must be a number");
        refuses(
                "sgd",
                Map.of("semantics", "keras1"),
                "optimizer sgd: semantics is keras1, it must be keras2 or keras3");
        refuses(
                "lion",
                Map.of("beta_1", 0),
                "beta_1 is 0, it must be above 0: without momentum nothing but signs is left");
        refuses(
                "adam",
                Map.of("exclude_from_weight_decay", List.of("(")),
                "exclude_from_weight_decay has (, which is no regular expression");
    }

    private static void refuses(String name, Map<String, ?> arguments, String message) {
        CoveyException e = assertThrows(CoveyException.class, () -> Optimizers.of(name, arguments));
        assertEquals(message, e.getMessage());
        assertEquals(CoveyException.Category.CALLER, e.category());
    }
}
