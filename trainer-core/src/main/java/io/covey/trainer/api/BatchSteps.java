package io.covey.trainer.api;

import io.covey.trainer.data.DataPlan;
import io.covey.trainer.model.Model;
import io.covey.trainer.objective.CompileOptions;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.objective.StateLayout;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.training.BatchTrainer;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.TrainingVariables;
import java.util.Map;
import java.util.SortedMap;

/** Single steps of a compiled model, and the sums of their metrics. */
final class BatchSteps implements AutoCloseable {
    private final Model model;
    private final CompileOptions compile;
    private final Optimizer optimizer;
    private final long seed;
    private final TrainingVariables variables;
    private final StateLayout layout;
    private final MetricState metrics;

    private BatchTrainer trainer;
    private Map<Integer, Float> classWeights;
    private double scale;

    BatchSteps(Model model, CompileOptions compile, Optimizer optimizer, long seed, TrainingVariables variables) {
        this.model = model;
        this.compile = compile;
        this.optimizer = optimizer;
        this.seed = seed;
        this.variables = variables;
        this.layout = new StateLayout(model, compile);
        this.metrics = MetricState.zero(layout.stateLength());
    }

    SortedMap<String, Double> train(Dataset batch, Map<Integer, Float> classWeight, long step, float learningRate) {
        if (trainer != null && !classWeight.equals(classWeights)) {
            close();
        }
        classWeights = Map.copyOf(classWeight);
        metrics.reset();
        trainerFor(batch).train(batch.block(), step, learningRate, metrics);
        return layout.results(metrics);
    }

    SortedMap<String, Double> test(Dataset batch) {
        metrics.reset();
        trainerFor(batch).test(batch.block(), metrics);
        return layout.results(metrics);
    }

    /** What is compiled is good for one scale and, in training, for one set of class weights. */
    private BatchTrainer trainerFor(Dataset batch) {
        batch.shapes().require(model, compile);
        if (trainer != null && batch.scale() != scale) {
            close();
        }
        if (trainer == null) {
            scale = batch.scale();
            TrainingSpec spec = new TrainingSpec(
                    model,
                    compile.withClassWeights(classWeights == null ? Map.of() : classWeights),
                    optimizer,
                    (float) scale,
                    new DataPlan(1, 1, 1, false, seed),
                    null,
                    null,
                    seed);
            trainer = new BatchTrainer(spec, variables, Runtime.getRuntime().availableProcessors());
        }
        return trainer;
    }

    @Override
    public void close() {
        if (trainer != null) {
            trainer.close();
            trainer = null;
        }
    }
}
