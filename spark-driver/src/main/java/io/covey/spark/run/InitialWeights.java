package io.covey.spark.run;

import io.covey.server.control.ProductVersion;
import io.covey.spark.job.JobConfig;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.CheckpointParts;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.keras.KerasFile;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.Model;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.model.WeightsHash;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingState;
import io.covey.trainer.training.TrainingVariables;
import java.util.Map;
import java.util.Optional;

/** Weights that a training starts from where they are not drawn: the run's first checkpoint, which all server shards read. */
final class InitialWeights {
    private static final String ATTEMPT = "start";

    private InitialWeights() {}

    /**
     * Reads the weights in a job's model file, if there are any, for nothing but to see that they are good.
     *
     * @throws io.covey.trainer.CoveyException a caller's error when they are not
     */
    static void check(JobConfig job, FileStore files) {
        if (job.model().file() != null) {
            Model model = job.model().model();
            try (KerasFile file = KerasFile.open(files, job.model().file())) {
                if (file.hasWeights()) {
                    try (NativeFloats weights =
                            NativeFloats.allocate(model.layout().length())) {
                        file.readWeights(model, weights);
                    }
                }
            }
        }
    }

    /**
     * Writes the weights in a job's model file as its run's first checkpoint.
     *
     * @return the checkpoint's prefix; empty if there are no weights
     */
    static Optional<String> write(JobConfig job, TrainingSpec spec, RunDirectory run) {
        if (job.model().file() == null) {
            return Optional.empty();
        }
        try (KerasFile file = KerasFile.open(run.files(), job.model().file())) {
            if (!file.hasWeights()) {
                return Optional.empty();
            }
            try (TrainingVariables variables = TrainingVariables.initial(spec.model(), spec.optimizer(), spec.seed())) {
                file.readWeights(spec.model(), variables.parameters());
                return Optional.of(
                        write(run.checkpoints(job), run.files(), spec, variables, 0, job.configurationHash()));
            }
        }
    }

    /**
     * Writes weights and slots as the newest checkpoint.
     *
     * @param iterations steps that the optimizer has done
     * @return its prefix
     */
    static String write(
            CheckpointDirectory checkpoints,
            FileStore files,
            TrainingSpec spec,
            TrainingVariables variables,
            long iterations,
            String configurationHash) {
        checkpoints.sweep();
        String prefix = checkpoints.nextPrefix();
        ParameterLayout layout = spec.model().layout();
        CheckpointParts parts = new CheckpointParts(files, prefix, ATTEMPT, 1);
        parts.writePart(
                layout,
                new ShardRange(0, 0, layout.length()),
                variables.parameters(),
                spec.optimizer().slots(),
                variables.slots().toArray(NativeFloats[]::new));
        parts.commit(
                layout,
                spec.optimizer().slots(),
                new TrainingState(
                        iterations,
                        0,
                        MetricState.zero(spec.metrics().stateLength()),
                        spec.seed(),
                        configurationHash,
                        WeightsHash.sha256(layout, variables.parameters()),
                        Map.of(),
                        Map.of(),
                        ProductVersion.versions()));
        checkpoints.committed(prefix);
        return prefix;
    }
}
