package io.covey.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.losses.Losses;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.LocalTrainingBackend;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The same global batches as one part or as the parts of several workers, {@code 4x16} being four parts of 16 samples. Other
 * modules hold their ways to train against it.
 */
public final class EquivalenceCase {
    /** A way to train. */
    public interface Trainer {
        /**
         * Trains all steps of {@code plan}.
         *
         * @param shards one for each part
         * @param initial flat vector of the first weights
         * @param losses takes the steps' losses, means over their samples
         * @return flat vector of the last weights
         */
        float[] train(TrainingSpec spec, EpochPlan plan, List<VirtualShard> shards, float[] initial, double[] losses)
                throws Exception;
    }

    /**
     * Largest float32 noise that the cases of kind training record for weights and losses after as many steps of plain SGD;
     * these cases record none.
     */
    private static final double NOISE = 5e-7;

    private final GoldenCase golden;
    private final Checks checks;
    private final Model model;

    EquivalenceCase(GoldenCase golden, Checks checks) throws Exception {
        this.golden = golden;
        this.checks = checks;
        this.model = TrainingGroup.model(golden, Set.of());
        golden.skip("note", "net");
    }

    /** Holds {@code trainer} against the case in {@code folder}. */
    public static void check(Path folder, Trainer trainer) throws Exception {
        GoldenCase golden = GoldenCase.read(folder);
        assertEquals(
                "training equivalence",
                golden.get("group").asText() + " " + golden.get("kind").asText());
        Checks checks = new Checks();
        new EquivalenceCase(golden, checks).verify(trainer);
        assertEquals(List.of(), checks.failures());
        assertEquals(List.of(), golden.unread());
    }

    void verify(Trainer trainer) throws Exception {
        for (String name : (Iterable<String>) golden.get("runs")::fieldNames) {
            verify(name, golden.get("runs").get(name), trainer);
        }
        // How far Keras' own runs are apart: Covey's must be as far, within the noise of the final weights above.
        golden.skip("max_abs_difference");
    }

    private void verify(String name, JsonNode run, Trainer trainer) throws Exception {
        String[] parts = name.split("x", 2);
        int shards = Integer.parseInt(parts[0]);
        int batch = golden.get("global_batch").asInt();
        int steps = golden.get("steps").asInt();
        checks.equal(name + " batch", batch, shards * Integer.parseInt(parts[1]));
        run.fieldNames()
                .forEachRemaining(field -> checks.equal(
                        name + " has field " + field,
                        true,
                        Set.of("losses", "final").contains(field)));
        DataPlan plan = new DataPlan((long) steps * batch, batch, shards, false, 0);
        TrainingSpec spec = new TrainingSpec(
                model,
                CompileOptions.of(Losses.sparseCategoricalCrossentropy()),
                TrainingGroup.optimizer(golden),
                1f,
                plan,
                null,
                null,
                0);
        List<float[]> initial = new ArrayList<>();
        golden.get("initial").forEach(array -> initial.add(golden.array(array).floats()));
        EpochPlan epoch = new EpochPlan(0, 0, steps, 0, (float) spec.optimizer().learningRate());
        double[] losses = new double[steps];
        float[] weights = trainer.train(spec, epoch, shards(plan), TrainingGroup.flat(model, initial), losses);
        for (int i = 0; i < steps; i++) {
            checks.close(
                    name + " loss " + i,
                    GoldenCase.number(run.get("losses").get(i)),
                    losses[i],
                    Checks.NOISE_FACTOR * NOISE);
        }
        for (int i = 0; i < run.get("final").size(); i++) {
            ParameterSpec parameter = model.layout().parameters().get(i);
            int from = Math.toIntExact(parameter.offset());
            checks.close(
                    name + " final " + parameter.path(),
                    golden.array(run.get("final").get(i)).floats(),
                    Arrays.copyOfRange(weights, from, from + (int) parameter.size()),
                    Checks.NOISE_FACTOR * NOISE);
        }
    }

    /** Trains in this process, one lane for each part. */
    static float[] local(
            TrainingSpec spec, EpochPlan plan, List<VirtualShard> shards, float[] initial, double[] losses) {
        try (LocalTrainingBackend backend = new LocalTrainingBackend(spec, shards, shards.size(), (p, s, w, o) -> {})) {
            backend.parameters().put(0, initial);
            backend.train(
                    plan,
                    (step, metrics) ->
                            losses[(int) step] = metrics.get(StateLayout.LOSS) / metrics.get(StateLayout.SAMPLES));
            return backend.parameters().get(0, initial.length);
        }
    }

    /** Deals the rows as the plan says, a row after the other. */
    private List<VirtualShard> shards(DataPlan plan) {
        TrainingData data = TrainingData.read(golden, false);
        List<VirtualShard> shards = new ArrayList<>();
        int part = plan.batchSize() / plan.virtualShards();
        for (int v = 0; v < plan.virtualShards(); v++) {
            List<Integer> rows = new ArrayList<>();
            for (int row = 0; row < plan.rows(); row++) {
                if (plan.shardOf(row) == v) {
                    rows.add(row);
                }
            }
            checks.equal("rows of part " + v, (int) (plan.rows() / plan.batchSize()) * part, rows.size());
            shards.add(new VirtualShard(v, data.rows(rows), null, null));
        }
        return shards;
    }
}
