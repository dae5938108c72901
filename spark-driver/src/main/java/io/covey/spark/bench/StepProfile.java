package io.covey.spark.bench;

import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.InputFormat;
import io.covey.trainer.engine.Profile;
import io.covey.trainer.engine.Program;
import io.covey.trainer.engine.ProgramOptions;
import io.covey.trainer.engine.loss.CompiledObjective;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.TrainingSpec;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where the time of one micro-batch's forward and backward goes, by operation. */
final class StepProfile {
    private StepProfile() {}

    /**
     * Runs forward and backward of one micro-batch for a while and returns the table of times.
     *
     * @param threads threads of the operations
     * @param seconds length of the unmeasured start, and of the measurement
     */
    static String table(BenchModel model, int batch, int threads, double seconds) {
        NativeLibraries.setThreadsOfThisThread(threads);
        TrainingSpec spec = model.spec(batch, 1);
        SampleBlock block = BenchModel.data(spec, 0).train();
        MetricState metrics = MetricState.zero(spec.metrics().stateLength());
        int length = Math.toIntExact(spec.model().layout().length());
        float[] initial = new float[length];
        spec.model().initialValues(spec.seed(), 0, initial);
        try (NativeFloats parameters = NativeFloats.allocate(length);
                NativeFloats gradient = NativeFloats.allocate(length);
                Program program = Program.compile(
                        spec.model(),
                        new CompiledObjective(spec.model(), spec.compile()),
                        List.of(InputFormat.of(block.inputs().get(0))),
                        spec.inputScale(),
                        batch,
                        ProgramOptions.TRAINING)) {
            parameters.put(0, initial);
            Runnable step = () -> {
                for (int row = 0; row < batch; row++) {
                    program.put(row, block, row);
                }
                program.forwardBackward(parameters.address(), gradient.address(), false, metrics);
            };
            long budgetNs = (long) (seconds * TimeUnit.SECONDS.toNanos(1));
            run(step, budgetNs);
            Profile profile = program.startProfile();
            return profile.table(run(step, budgetNs));
        }
    }

    private static long run(Runnable step, long budgetNs) {
        long runs = 0;
        long startNs = System.nanoTime();
        while (runs == 0 || System.nanoTime() - startNs < budgetNs) {
            step.run();
            runs++;
        }
        return runs;
    }
}
