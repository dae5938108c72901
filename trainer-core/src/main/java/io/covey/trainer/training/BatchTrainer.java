package io.covey.trainer.training;

import io.covey.trainer.CoveyException;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.engine.Program;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.NativeLibraries;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;

/**
 * Keras' {@code train_on_batch} and {@code test_on_batch}: single steps on batches of any size, which change variables in
 * place. What is compiled for a size is kept. Used by one thread.
 */
public final class BatchTrainer implements AutoCloseable {
    private final TrainingSpec spec;
    private final int threads;
    private final LanePrograms programs;
    private final LayerStates states;
    private final LocalGradientExchange exchange;
    private final NativeFloats gradient;
    private final MetricState batchMetrics;

    /**
     * A trainer.
     *
     * @param spec what is trained; of its plans only that they have one virtual shard matters
     * @param threads of the operations, at least 1; their number decides the bits
     */
    public BatchTrainer(TrainingSpec spec, TrainingVariables variables, int threads) {
        this.spec = spec;
        this.threads = threads;
        this.programs = new LanePrograms(spec);
        this.states = variables.states();
        this.exchange = new LocalGradientExchange(spec, threads, variables);
        this.gradient = NativeFloats.allocate(spec.model().layout().length());
        this.batchMetrics = MetricState.zero(spec.metrics().stateLength());
    }

    /**
     * One step of the optimizer.
     *
     * @param step steps that the optimizer has done before
     * @param learningRate where the optimizer has no schedule
     * @param metrics the batch is added to it
     * @throws CoveyException a caller's error when the batch does not fit the model
     */
    public void train(SampleBlock batch, long step, float learningRate, MetricState metrics) {
        Program program = load(true, batch);
        program.seed(spec.seed(), step, 0);
        program.forwardBackward(exchange.parameters().address(), gradient.address(), false, batchMetrics);
        float rate = spec.optimizer().learningRateAt(step, learningRate);
        int samples = (int) batchMetrics.get(StateLayout.SAMPLES);
        exchange.push(step, ReductionTree.ROOT, gradient, samples, rate, false);
        exchange.pull(step);
        metrics.add(batchMetrics);
    }

    /** Measures a batch in inference mode, see {@link #train}. */
    public void test(SampleBlock batch, MetricState metrics) {
        load(false, batch).forward(exchange.parameters().address(), batchMetrics);
        metrics.add(batchMetrics);
    }

    private Program load(boolean training, SampleBlock batch) {
        if (batch.rows() == 0) {
            throw CoveyException.caller("the batch has no rows");
        }
        DataPlan plan = new DataPlan(batch.rows(), batch.rows(), 1, false, 0);
        SampleChecks.check(
                new TrainingSpec(
                        spec.model(), spec.compile(), spec.optimizer(), spec.inputScale(), plan, null, null, 0),
                new VirtualShard(0, batch, null, null));
        NativeLibraries.setThreadsOfThisThread(threads);
        batchMetrics.reset();
        Program program = programs.load(training, batch, DataPlan.EpochOrder.IN_PLACE, 0, batch.rows());
        states.give(program, 0);
        return program;
    }

    @Override
    public void close() {
        programs.close();
        exchange.close();
        gradient.close();
    }
}
