package io.covey.trainer.bench;

import io.covey.trainer.initializers.Zeros;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.ParameterLayout;
import io.covey.trainer.model.ParameterSpec;
import io.covey.trainer.optimizer.Optimizer;
import io.covey.trainer.optimizer.OptimizerOptions;
import io.covey.trainer.optimizer.Optimizers;
import io.covey.trainer.optimizer.RangeUpdater;
import io.covey.trainer.optimizer.UpdatePlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory traffic of an optimizer's update on one thread, beside a plain copy that moves as many bytes: an update reads the
 * gradient and reads and writes the parameters and each slot; where norms come first it reads the gradient twice, and where
 * directions are scaled by norms it writes and reads them, and reads the parameters twice. Both take turns; trust the ratio.
 * Arguments: megabytes of parameters, then names of cases, none for all.
 */
public final class UpdateBench {
    private static final int FLOATS_PER_MEGABYTE = 1_000_000 / Float.BYTES;
    private static final int CHUNK = 8 * 1024;
    private static final int WIDTH = 500;
    private static final int TURNS = 9;
    private static final long TURN_FLOATS = 10_000_000;

    private final UpdatePlan plan;
    private final RangeUpdater updater;
    private final int length;
    private final List<NativeFloats> vectors = new ArrayList<>();
    private final List<NativeFloats> copied = new ArrayList<>();
    private final long[] slots;
    private final VectorKernels kernels = new VectorKernels();
    private final double[] updateNs = new double[TURNS];
    private final double[] copyNs = new double[TURNS];
    private long step;

    private UpdateBench(Optimizer optimizer, int length) {
        this.length = length;
        ParameterLayout layout = new ParameterLayout(
                List.of(new ParameterSpec("w/kernel", "w/kernel", List.of(length / WIDTH, WIDTH), new Zeros(), 0)),
                length);
        plan = new UpdatePlan(layout, optimizer);
        updater = new RangeUpdater(plan);
        slots = new long[optimizer.slots().size()];
        for (int i = 0; i < 2 + slots.length; i++) {
            NativeFloats vector = NativeFloats.allocate(length);
            vector.fill(0.01f);
            vectors.add(vector);
            copied.add(NativeFloats.allocate(length));
        }
    }

    private void update() {
        updater.begin(1 / 32f, 0.001f, step++);
        for (int pass = 0; pass < plan.passes(); pass++) {
            for (int from = 0; from < length; from += CHUNK) {
                for (int i = 0; i < slots.length; i++) {
                    slots[i] = vectors.get(2 + i).address(from);
                }
                updater.run(
                        pass,
                        updater.sums(),
                        from,
                        Math.min(CHUNK, length - from),
                        vectors.get(0).address(from),
                        slots,
                        vectors.get(1).address(from));
            }
            updater.sums().conclude(pass);
            if (plan.transformsVariables() && pass == plan.passes() - 2) {
                for (int i = 0; i < slots.length; i++) {
                    slots[i] = vectors.get(2 + i).address();
                }
                updater.transform(
                        updater.sums(), 0, length, slots, vectors.get(1).address());
            }
        }
    }

    private long floatsMoved() {
        long perElement = 3 + 2L * slots.length;
        boolean clipsByNorm = plan.optimizer().options().clipping().needsNorms();
        if (clipsByNorm) {
            perElement++;
        }
        if (plan.passes() > (clipsByNorm ? 2 : 1)) {
            perElement += 3;
        }
        return perElement * length;
    }

    /** Copies as many floats as an update touches, half of them read and half written, between as many vectors. */
    private void copy() {
        long left = floatsMoved() / 2;
        for (int i = 0; left > 0; i++) {
            NativeFloats source = copied.get(i % copied.size());
            NativeFloats target = copied.get((i + 1) % copied.size());
            kernels.copy(target.address(), source.address(), Math.min(length, left));
            left -= length;
        }
    }

    private void run(int turn, int repetitions) {
        long start = System.nanoTime();
        for (int i = 0; i < repetitions; i++) {
            update();
        }
        long middle = System.nanoTime();
        for (int i = 0; i < repetitions; i++) {
            copy();
        }
        updateNs[turn] = (middle - start) / (double) repetitions;
        copyNs[turn] = (System.nanoTime() - middle) / (double) repetitions;
    }

    private void print(String name) {
        double bytes = (double) floatsMoved() * Float.BYTES;
        Arrays.sort(updateNs);
        Arrays.sort(copyNs);
        double update = updateNs[TURNS / 2];
        double copy = copyNs[TURNS / 2];
        System.out.printf(
                "%-22s %,12d floats  %7.3f ms  %6.1f GB/s  copy %6.1f GB/s  ratio %.2f%n",
                name, length, update / 1e6, bytes / update, bytes / copy, update / copy);
    }

    private static Map<String, Optimizer> optimizers() {
        Map<String, Optimizer> cases = new LinkedHashMap<>();
        cases.put("sgd", Optimizers.sgd(0.01));
        cases.put("sgd momentum", Optimizers.sgd(0.01).momentum(0.9));
        cases.put("sgd nesterov", Optimizers.sgd(0.01).momentum(0.9).nesterov(true));
        cases.put("adam", Optimizers.adam(0.001));
        cases.put("amsgrad", Optimizers.adam(0.001).amsgrad(true));
        cases.put("adamw", Optimizers.adamW(0.001));
        cases.put("rmsprop", Optimizers.rmsProp(0.001));
        cases.put("rmsprop centered", Optimizers.rmsProp(0.001).momentum(0.9).centered(true));
        for (String name : List.of("adagrad", "adadelta", "nadam", "adamax", "ftrl", "lion", "lamb", "adafactor")) {
            cases.put(name, Optimizers.of(name, Map.of()));
        }
        cases.put("sgd clipvalue", Optimizers.sgd(0.01).with(OptimizerOptions.DEFAULT.clipvalue(0.1)));
        cases.put("sgd use_ema", Optimizers.sgd(0.01).with(OptimizerOptions.DEFAULT.ema(0.9)));
        cases.put(
                "adam accumulation",
                Optimizers.adam(0.001).with(OptimizerOptions.DEFAULT.gradientAccumulationSteps(2)));
        cases.put("adam global_clipnorm", Optimizers.adam(0.001).with(OptimizerOptions.DEFAULT.globalClipnorm(1)));
        return cases;
    }

    public static void main(String[] args) {
        int length = (int) (Double.parseDouble(args[0]) * FLOATS_PER_MEGABYTE);
        int repetitions = (int) Math.max(1, TURN_FLOATS / length);
        List<String> wanted = List.of(args).subList(1, args.length);
        optimizers().forEach((name, optimizer) -> {
            if (wanted.isEmpty() || wanted.contains(name)) {
                UpdateBench bench = new UpdateBench(optimizer, length);
                for (int turn = -1; turn < TURNS; turn++) {
                    bench.run(Math.max(turn, 0), repetitions);
                }
                bench.print(name);
                bench.vectors.forEach(NativeFloats::close);
                bench.copied.forEach(NativeFloats::close);
            }
        });
    }
}
