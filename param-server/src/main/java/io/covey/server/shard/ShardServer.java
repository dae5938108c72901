package io.covey.server.shard;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.covey.server.exchange.Contributions;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.exchange.SharedFloats;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.DroppedFrames;
import io.covey.server.frame.FrameGuard;
import io.covey.server.frame.FrameHeader;
import io.covey.server.frame.FramePublication;
import io.covey.server.security.DataSession;
import io.covey.server.transport.EndpointSubscription;
import io.covey.server.update.ShardReduction;
import io.covey.server.update.ShardUpdate;
import io.covey.trainer.CoveyException;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.model.ShardRange;
import java.util.List;
import java.util.Set;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/**
 * A server shard: owns a range of the parameters and the optimizer slots for it. Chunk by chunk it adds the workers'
 * gradient sums in the order of the reduction tree, updates, and publishes; a chunk waits for no other.
 *
 * <p>Its parameters are the hosting worker's own flat vector, updated in place, and that worker's gradients are taken where
 * they lie. Its duty cycle runs on the worker's thread, within the push and pull of the worker's client.
 */
public final class ShardServer implements HostedShard, AutoCloseable {
    private static final int FRAGMENT_LIMIT = 4;

    private final ChunkedRange range;
    private final int chunks;
    private final int worker;
    private final int[] nodes;
    private final int[] indexByNode;
    private final ShardParameters parameters;
    private final ShardUpdate update;
    private final boolean skipsSteps;
    private final ShardReduction reduction;
    private final EndpointSubscription subscription;
    private final ParameterPublisher publisher;
    private final InProcessShard inProcess;
    private final InProcessIntake intake;
    private final DroppedFrames dropped;
    private final ShardHolding holding;
    private final ReadyWorkers ready;
    private final SpectatorGate gate;
    private final ShardFrames frames;
    private final ShardWaits waits;

    // The step in work. Contributions are numbered by their index in nodes.
    private long step;
    private final StepArrivals arrivals;
    private final StepTerms terms;
    private final ShardGradients gradients;
    private int updatedChunks;

    private ControlledFragmentHandler handler;
    private long lastStep = Long.MIN_VALUE;
    private CoveyException failure;

    /**
     * A shard that knows no peer yet, see {@link #accept}.
     *
     * @param inProcess where workers of this process meet the shard
     * @param inProcessWorkers those workers
     * @param subscription to the gradients of all others
     * @param publications of the parameters to them
     * @param replica of the slots to who keeps a copy; null without one, or without slots
     */
    public ShardServer(
            ChunkedRange range,
            ExchangeConfig config,
            Contributions contributions,
            SharedFloats flatParameters,
            InProcessShard inProcess,
            int[] inProcessWorkers,
            EndpointSubscription subscription,
            List<FramePublication> publications,
            FramePublication replica,
            DroppedFrames dropped) {
        this.range = range;
        this.chunks = range.chunks();
        this.nodes = contributions.nodes().stream().mapToInt(n -> n).toArray();
        int[] owners = contributions.owners().stream().mapToInt(w -> w).toArray();
        this.indexByNode = contributions.indexByNode();
        this.parameters = ShardParameters.of(range, config, flatParameters.floats());
        this.update = new ShardUpdate(
                range,
                config.layout(),
                config.optimizer(),
                config.mode().applied(config.optimizer()),
                config.topology().shardHosts().size(),
                parameters.exact(),
                this::retain,
                this::publish);
        this.inProcess = inProcess;
        this.intake = new InProcessIntake(inProcess, contributions.indexesOf(inProcessWorkers), nodes.length, chunks);
        this.publisher = new ParameterPublisher(
                range,
                parameters,
                publications,
                inProcess,
                inProcessWorkers,
                contributions.spectators(inProcessWorkers),
                replica == null ? null : new SlotPublisher(range, parameters.replicaVectors(update.slots()), replica));
        this.holding =
                config.topology().isReplicated() ? ShardHolding.of(range, parameters.exact(), update.slots()) : null;
        this.reduction = new ShardReduction(
                contributions.tree(),
                contributions.nodes(),
                contributions.nodesIn(config.worker(), inProcessWorkers),
                range);
        this.subscription = subscription;
        this.dropped = dropped;
        this.worker = config.worker();
        this.skipsSteps = config.mode() instanceof ExchangeMode.LocalSgd;
        this.ready = new ReadyWorkers(config.topology().members().size(), worker, subscription, inProcess);
        this.gate = new SpectatorGate(config, contributions, inProcess);
        this.arrivals = new StepArrivals(owners, chunks);
        this.terms = new StepTerms(owners);
        this.gradients = new ShardGradients(nodes.length, range, config.gradientCodec(range));
        this.frames = new ShardFrames(
                this,
                range,
                config.topology().epoch(),
                indexByNode,
                gradients,
                update.norms().inbox(),
                ready,
                gate,
                dropped);
        this.waits = new ShardWaits(range.range(), config, arrivals, update, publisher, gate, ready);
        inProcess.open(flatParameters, intake.contributions(), update.norms().inbox());
        inProcess.enter(worker);
    }

    /** From now on takes the frames of {@code senders}, of at most {@code frameLength} bytes, and no others. */
    public void accept(List<DataSession> senders, int frameLength) {
        handler = new FrameGuard(frames, senders, frameLength, dropped);
    }

    @Override
    public ShardRange range() {
        return range.range();
    }

    @Override
    public NativeFloats parameters() {
        return parameters.exact();
    }

    @Override
    public List<NativeFloats> slots() {
        return update.slots();
    }

    @Override
    public long step() {
        return step;
    }

    /** What this shard can be restored from; null if the shards have no replicas. */
    public ShardHolding retained() {
        return holding;
    }

    @Override
    public int doWork() {
        int work = publisher.doWork() + takeInProcess() + subscription.controlledPoll(handler, FRAGMENT_LIMIT);
        work += update.doWork();
        if (failure != null) {
            throw failure;
        }
        return work;
    }

    @Override
    public boolean probe() {
        return ready.missing().isEmpty() && publisher.probe();
    }

    /** Publishes all parameters as the state before {@code nextStep}. */
    public void distribute(long nextStep) {
        beginStep(nextStep);
        intake.reset(nextStep);
        update.norms().reset();
        gate.reset(nextStep);
        if (holding != null) {
            holding.reset(nextStep);
        }
        publisher.distribute(nextStep - 1);
    }

    /** Takes the hosting worker's contribution; {@link #addNextLocal} adds what {@link #releaseLocal} lets it. */
    public void contributeLocal(
            NativeFloats gradientSum,
            NativeFloats residual,
            int node,
            int nodeSamples,
            float newLearningRate,
            boolean lastWanted) {
        int index = indexByNode[node];
        gradients.begin(index, gradientSum, residual);
        announce(index, nodeSamples, newLearningRate, lastWanted);
        if (failure != null) {
            throw failure;
        }
    }

    /** The hosting worker's contribution is final from float {@code from} of the flat vector on. */
    public void releaseLocal(int node, long from) {
        gradients.release(indexByNode[node], range.firstChunkFrom(from));
    }

    /** Adds the next chunk of a local contribution; returns how many were added: 0 when none is left. */
    public int addNextLocal(int node) {
        int index = indexByNode[node];
        int chunk = gradients.nextChunk(index);
        while (chunk >= 0) {
            if (isLocalDue(index, chunk)) {
                addLocal(index, chunk);
                return 1;
            }
            chunk = gradients.nextChunk(index);
        }
        return 0;
    }

    /** Whether {@code doneStep} is applied and on its way to all workers. */
    public boolean isDone(long doneStep) {
        // A publisher at a later step has given away this one. Else two hosts that contribute nothing could each wait
        // for the other to take the later step, which neither does before this wait ends.
        return step > doneStep
                && (publisher.step() > doneStep || publisher.isDone())
                && update.norms().isSent();
    }

    /** Whether all workers of this process have taken the parameters from where they lie. */
    public boolean isTaken() {
        return publisher.isTaken();
    }

    /** Whether {@code doneStep} was marked as the last. */
    public boolean isLastStep(long doneStep) {
        return lastStep == doneStep;
    }

    @Override
    public Set<Integer> notReady() {
        return ready.missing();
    }

    /** The update of the parameters, and its exchange of norms with other shards. */
    public ShardUpdate update() {
        return update;
    }

    /** What {@code awaitedStep} waits for here, from whom; or, of that, what cannot come any more. */
    public List<String> missing(long awaitedStep, boolean lostOnly) {
        return isDone(awaitedStep) ? List.of() : waits.missing(step, step > awaitedStep, lostOnly);
    }

    /** Reads frames; it trusts that they come from a member. */
    ControlledFragmentHandler frames() {
        return frames;
    }

    /** Takes a chunk of a contribution to the step in work or a later one. */
    Action onGradient(FrameHeader header, int index, DirectBuffer buffer, int offset) {
        if (header.step() > step && skipsSteps) {
            return Action.ABORT;
        }
        if (header.step() > step) {
            failure = CoveyException.failure("a worker sent its gradient (tree node " + header.node() + ") of step "
                    + header.step() + " to server shard " + range.range().shard() + ", which waits for step " + step);
        } else if (isHeldBack()) {
            return Action.ABORT;
        } else if (arrivals.has(index, header.chunk())) {
            dropped.countDuplicate();
        } else {
            announce(index, header.samples(), header.learningRate(), header.isLastStep());
            if (failure == null) {
                addLocals(header.chunk());
                add(index, header.chunk(), gradients.receive(header.chunk(), buffer, offset), false);
            }
        }
        return Action.CONTINUE;
    }

    private int takeInProcess() {
        int work = 0;
        for (int index : intake.contributions()) {
            if (isHeldBack()) {
                return work;
            }
            long available = intake.available(index, publisher.generation(), step);
            // The step may end within: what is available beyond belongs to the next one.
            for (long step0 = step; step == step0 && intake.taken(index) < available; work++) {
                announce(index, inProcess.samples(index), inProcess.learningRate(index), inProcess.isLastWanted(index));
                if (failure != null) {
                    return work;
                }
                int chunk = intake.next(index);
                addLocals(chunk);
                add(index, chunk, inProcess.gradientAddress(index, chunk), true);
            }
        }
        return work;
    }

    /** Whether a receiver is a step behind: its parameters must not be overwritten before they are sent. */
    public boolean isHeldBack() {
        return (publisher.step() < step && !publisher.isDone()) || !gate.isOpen(step);
    }

    /** The member of rank {@code rank}, who contributes nothing, has all parameters after {@code takenStep}. */
    public void taken(int rank, long takenStep) {
        gate.taken(rank, takenStep);
    }

    /** Adds what lies in this worker's own gradient, so that what arrives is added to it and need not be kept. */
    private void addLocals(int chunk) {
        for (int i = 0; i < nodes.length; i++) {
            if (isLocalDue(i, chunk)) {
                addLocal(i, chunk);
            }
        }
    }

    private void announce(int index, int nodeSamples, float learningRate, boolean lastWanted) {
        CoveyException wrong = terms.add(index, step, nodeSamples, learningRate, lastWanted);
        failure = wrong != null ? wrong : failure;
    }

    private boolean isLocalDue(int index, int chunk) {
        return gradients.has(index, chunk) && !arrivals.has(index, chunk);
    }

    private void addLocal(int index, int chunk) {
        add(index, chunk, gradients.take(index, chunk), true);
    }

    private void add(int index, int chunk, long address, boolean writable) {
        arrivals.add(index, chunk);
        long sum = reduction.add(chunk, nodes[index], address, writable);
        if (sum != ShardReduction.INCOMPLETE) {
            update.complete(chunk, sum, terms.samples(), terms.learningRate(), step);
        }
    }

    private void retain(int chunk) {
        if (holding != null) {
            holding.save(chunk);
        }
    }

    private void publish(int chunk) {
        if (publisher.step() < step) {
            publisher.begin(step, terms.isLast());
        }
        publisher.publish(chunk);
        if (++updatedChunks == chunks) {
            if (terms.isLast()) {
                lastStep = step;
            }
            beginStep(step + 1);
            if (holding != null) {
                holding.advance(step);
            }
        }
    }

    /** The next step with contributions is {@code newStep}. */
    public void beginStep(long newStep) {
        step = newStep;
        arrivals.clear();
        terms.clear();
        gradients.clear();
        intake.clear();
        updatedChunks = 0;
    }

    /** Ends the exchange; what the shard holds stays until {@link #close}. */
    public void disconnect() {
        if (!subscription.isClosed()) {
            CloseHelper.closeAll(subscription, publisher);
            inProcess.leave(worker);
            reduction.close();
        }
    }

    @Override
    public void close() {
        disconnect();
        CloseHelper.closeAll(holding, gradients);
        update.close();
        parameters.close();
    }
}
