package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.WorkerMessage;
import io.covey.server.membership.MembershipAction;
import io.covey.server.membership.Topology;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ShardRange;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.optimizer.UpdatePlan;
import io.covey.trainer.training.EpochPlan;
import io.covey.trainer.training.StepListener;
import io.covey.trainer.training.TrainingSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Runs passes and commands on the members there are. When the membership changes meanwhile, what was not answered is asked
 * again of the new one; steps that were lost are trained again, in silence. Used by the loop's thread.
 */
final class ElasticSteps implements AutoCloseable {
    private static final String AHEAD_IN_TRAINING =
            "the hook of a batch reads or changes the model, which the cluster has"
                    + " trained on meanwhile: have the callback's batchesToPause name the batches after which it does, or do it at"
                    + " the end of an epoch";
    private static final String AHEAD_IN_EVALUATION =
            "the hook of an evaluated batch reads or changes the model, while the"
                    + " cluster evaluates further batches: do it in onTestBegin or onTestEnd";

    private final TrainingSpec spec;
    private final Crew crew;
    private final CrewMonitor monitor;
    private final ClusterTimeouts timeouts;
    private final LongSupplier commandNumbers;
    private final TrainedSteps trained = new TrainedSteps();
    private final ReplacedWeights replaced = new ReplacedWeights();
    private final DroppedContributions dropped = new DroppedContributions();
    private Topology topology;
    /** The step before which the members' parameters are. */
    private long position;
    /** The step before which they are to be between two passes. */
    private long goal;
    /** Whether the parameters are to be their averages, and whether the members have yet to be told so. */
    private boolean averaged;

    private boolean averagesDue;
    /** The step before which this membership must replace the weights next. */
    private OptionalLong replacement = OptionalLong.empty();

    /** What a listener is told that gives commands while the members may be ahead of it; null while they are not. */
    private String ahead;

    private volatile boolean stopRequested;
    private long stopSent;

    ElasticSteps(
            TrainingSpec spec, Crew crew, CrewMonitor monitor, ClusterTimeouts timeouts, LongSupplier commandNumbers) {
        this.spec = spec;
        this.crew = crew;
        this.monitor = monitor;
        this.timeouts = timeouts;
        this.commandNumbers = commandNumbers;
    }

    /** Waits for the first membership; returns the step that it starts at. */
    long start() {
        settle(0);
        goal = position;
        return position;
    }

    /** The membership that was worked with last. */
    Topology topology() {
        return topology;
    }

    /**
     * Waits until the members stand where the loop stands.
     *
     * @throws CoveyException a caller's error from within a listener of {@link #evaluate} or {@link #train}, but for a pass' last
     *     step in training
     */
    Topology settle() {
        requireInStep();
        return settle(goal);
    }

    private void requireInStep() {
        if (ahead != null) {
            throw CoveyException.caller(ahead);
        }
    }

    private Topology settle(long step) {
        while (true) {
            MembershipAction.Settle settled = monitor.awaitSettled();
            if (topology == null || settled.topology().epoch() != topology.epoch()) {
                topology = settled.topology();
                position = settled.step();
                averagesDue = averaged;
                replacement = replaced.firstFrom(position);
            }
            if (replacement.isPresent() && replacement.getAsLong() == position) {
                if (replace()) {
                    replacement = replaced.firstFrom(position + 1);
                }
                continue;
            }
            if (position >= step) {
                if (!averagesDue) {
                    return topology;
                }
                averagesDue = tryAsk(
                                topology,
                                topology.workers(),
                                "overwriting the parameters with their averages",
                                Command.OverwriteWithAverages::new,
                                WorkerMessage.PassDone.class)
                        .isEmpty();
                continue;
            }
            EpochPlan again = trained.from(position, Math.min(step, replacement.orElse(step)));
            PassProgress silent = pass(again);
            attempt(silent, "repeating lost steps", n -> new Command.Train(n, again), (batch, sums) -> {}, null)
                    .ifPresent(done -> position = endStep(done));
        }
    }

    /** Steps before {@code step} need not be trained again. */
    void committed(long step) {
        trained.forgetBefore(step);
        replaced.forgetBefore(step);
    }

    /** Replaces the weights where the loop stands: now, and again whenever the members come past here after a loss. */
    void replaceWeights(NativeFloats weights) {
        requireInStep();
        replaced.put(goal, weights);
        replacement = OptionalLong.of(goal);
        // They take the averages' place too.
        averaged = false;
        averagesDue = false;
        settle(goal);
    }

    /** Gives the server shards the weights that belong to this position; false if the membership ends meanwhile. */
    private boolean replace() {
        String name = "replacing the weights";
        Topology members = topology;
        for (ReplacedWeights.Part part : replaced.parts(position, shards(members))) {
            if (tryAsk(
                            members,
                            List.of(host(members, part.shard())),
                            name,
                            n -> new Command.WriteWeights(n, part.offset(), part.values()),
                            WorkerMessage.Done.class)
                    .isEmpty()) {
                return false;
            }
        }
        return tryAsk(
                        members,
                        members.workers(),
                        name,
                        n -> new Command.Synchronize(n, position),
                        WorkerMessage.Done.class)
                .isPresent();
    }

    /** The ranges of the server shards. */
    List<ShardRange> shards(Topology members) {
        return new UpdatePlan(spec.model().layout(), spec.optimizer())
                .cut(members.shardHosts().size());
    }

    /** The worker that hosts a server shard. */
    static int host(Topology members, int shard) {
        return members.members().get(members.shardHosts().get(shard)).worker();
    }

    /** Trains; returns the step after the last one. */
    long train(EpochPlan plan, StepListener listener) {
        PassProgress pass = pass(plan);
        LastStep last = new LastStep(listener, plan.endStep() - plan.epochFirstStep() - 1);
        trained.begin(plan);
        averaged = false;
        averagesDue = false;
        ahead = AHEAD_IN_TRAINING;
        try {
            while (true) {
                settle(plan.epochFirstStep() + pass.nextStep());
                EpochPlan rest = new EpochPlan(
                        plan.epoch(), position, plan.endStep(), plan.epochFirstStep(), plan.learningRate());
                Optional<List<WorkerMessage.PassDone>> done = attempt(
                        pass, "training epoch " + (plan.epoch() + 1), n -> new Command.Train(n, rest), last, plan);
                if (done.isPresent()) {
                    long ended = endStep(done.get());
                    done.get().forEach(each -> dropped.add(each.dropped(), ended - rest.firstStep()));
                    ended(plan, pass, ended);
                    ahead = null;
                    last.release();
                    return ended;
                }
            }
        } finally {
            ahead = null;
            stopRequested = false;
        }
    }

    /** What the updates of {@link #train} were done without; steps that were trained again count once. */
    DroppedContributions dropped() {
        return dropped;
    }

    private void ended(EpochPlan plan, PassProgress pass, long ended) {
        if (ended != plan.epochFirstStep() + pass.nextStep()) {
            throw monitor.fail(CoveyException.failure("the workers ended before step " + ended
                    + ", but have reported the steps before " + (plan.epochFirstStep() + pass.nextStep())));
        }
        position = ended;
        goal = ended;
        trained.end(ended);
    }

    /** Runs {@code steps} of a pass that changes nothing. */
    void evaluate(String name, long steps, LongFunction<Command> command, StepListener listener) {
        requireInStep();
        PassProgress pass =
                new PassProgress(spec.virtualShards(), spec.metrics().stateLength(), 0, steps);
        ahead = AHEAD_IN_EVALUATION;
        try {
            do {
                settle(goal);
            } while (attempt(pass, name, command, listener, null).isEmpty());
        } finally {
            ahead = null;
        }
        if (pass.nextStep() != steps) {
            throw monitor.fail(CoveyException.failure(
                    "the workers ended " + name + " after " + pass.nextStep() + " of " + steps + " steps"));
        }
    }

    /** Has the moving averages take the parameters' place, until training goes on, whoever is lost meanwhile. */
    void overwriteWithAverages() {
        requireInStep();
        averaged = true;
        averagesDue = true;
        settle(goal);
    }

    /** Gives all workers that train a command; returns their answers, which must be of one opinion. */
    <A extends WorkerMessage.Answer> List<A> ask(String name, LongFunction<Command> command, Class<A> type) {
        return ask(name, asked -> asked.workers().subList(0, asked.trainers()), command, type);
    }

    /** Gives those of the settled membership that {@code who} names a command; returns their answers. */
    <A extends WorkerMessage.Answer> List<A> ask(
            String name, Function<Topology, List<Integer>> who, LongFunction<Command> command, Class<A> type) {
        while (true) {
            Topology asked = settle();
            Optional<List<A>> answers = tryAsk(asked, who.apply(asked), name, command, type);
            if (answers.isPresent()) {
                return answers.get();
            }
        }
    }

    /** Gives workers of a membership a command; empty if it ends before all have answered. */
    private <A extends WorkerMessage.Answer> Optional<List<A>> tryAsk(
            Topology asked, List<Integer> workers, String name, LongFunction<Command> command, Class<A> type) {
        monitor.activity(() -> name);
        try {
            Answers answers = new Answers(commandNumbers.getAsLong(), workers);
            monitor.expect(answers);
            if (!monitor.post(asked, workers, command.apply(answers.command()))) {
                return Optional.empty();
            }
            monitor.await(
                    () -> answers.complete() || !monitor.isCurrent(asked),
                    timeouts.stepNs(),
                    () -> CoveyException.failure(crew.describe(answers.missing()) + " did not finish " + name
                            + " within " + ClusterTimeouts.tenths(timeouts.stepNs()) + " "
                            + ClusterTimeouts.limit("step_timeout", timeouts.stepNs())));
            return monitor.holds(answers::complete) ? Optional.of(answers.as(type)) : Optional.empty();
        } finally {
            monitor.activity(() -> "idle");
        }
    }

    /** Asks a running {@link #train} to end at the next step. Any thread. */
    void requestStop() {
        stopRequested = true;
    }

    private PassProgress pass(EpochPlan plan) {
        return new PassProgress(
                spec.virtualShards(),
                spec.metrics().stateLength(),
                plan.firstStep() - plan.epochFirstStep(),
                plan.endStep() - plan.epochFirstStep());
    }

    /**
     * Runs a pass on the membership that is settled; empty if that ends before the pass does.
     *
     * @param plan of a pass whose sums count once and that can be asked to stop; else null
     */
    private Optional<List<WorkerMessage.PassDone>> attempt(
            PassProgress pass, String name, LongFunction<Command> command, StepListener listener, EpochPlan plan) {
        Topology members = topology;
        long number = commandNumbers.getAsLong();
        Answers answers = new Answers(number, members.workers());
        MetricState sums = MetricState.zero(spec.metrics().stateLength());
        monitor.expect(answers);
        monitor.expect(pass, number, step -> plan == null || pass.isCompleteBefore(step - plan.epochFirstStep()));
        monitor.activity(() -> name + ", step " + (pass.nextStep() + 1));
        BooleanSupplier stopDue = () -> plan != null && stopRequested && stopSent != number;
        BooleanSupplier news = () ->
                pass.isStepComplete() || answers.complete() || stopDue.getAsBoolean() || !monitor.isCurrent(members);
        BooleanSupplier nextStep = () -> pass.poll(sums);
        Supplier<CoveyException> late = () -> stuck(pass, answers, members);
        try {
            if (!monitor.post(members, members.workers(), command.apply(number))) {
                return Optional.empty();
            }
            while (true) {
                monitor.await(news, timeouts.stepNs(), late);
                if (stopDue.getAsBoolean()) {
                    stopSent = number;
                    monitor.post(members, members.workers(), new Command.StopTraining(number));
                }
                if (monitor.holds(nextStep)) {
                    listener.onStep(pass.nextStep() - 1, sums);
                } else if (monitor.holds(answers::complete)) {
                    return Optional.of(answers.as(WorkerMessage.PassDone.class));
                } else if (!monitor.holds(() -> monitor.isCurrent(members))) {
                    return Optional.empty();
                }
            }
        } finally {
            monitor.expect(null, 0, step -> true);
            monitor.activity(() -> "idle");
        }
    }

    private long endStep(List<WorkerMessage.PassDone> done) {
        return agreed(
                "ended before step",
                done.stream().map(WorkerMessage.PassDone::endStep).toList());
    }

    /** The value that all workers gave; they must be of one opinion. */
    <T> T agreed(String what, List<T> values) {
        T first = values.get(0);
        for (int rank = 1; rank < values.size(); rank++) {
            if (!values.get(rank).equals(first)) {
                throw monitor.fail(CoveyException.failure("the workers disagree: " + what + " " + first + " on "
                        + topology.members().get(0) + ", " + values.get(rank) + " on "
                        + topology.members().get(rank)));
            }
        }
        return first;
    }

    private CoveyException stuck(PassProgress pass, Answers answers, Topology members) {
        String leaves = pass.describeMissing(members);
        String missing = leaves.isEmpty() ? "the end of " + crew.describe(answers.missing()) : leaves;
        return CoveyException.failure("no step has completed for " + ClusterTimeouts.tenths(timeouts.stepNs())
                + " while " + monitor.activity() + ", missing: " + missing + " "
                + ClusterTimeouts.limit("step_timeout", timeouts.stepNs()));
    }

    @Override
    public void close() {
        replaced.close();
    }
}
