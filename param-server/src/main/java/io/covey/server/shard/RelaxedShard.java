package io.covey.server.shard;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
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
import io.covey.server.update.ShardUpdate;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import io.covey.trainer.model.ShardRange;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/**
 * A server shard of a {@link ExchangeMode.Relaxed} mode, on a dedicated server. Chunk by chunk it adds up as many contributions
 * as the mode wants, updates, and begins anew; {@link ReadDesk} answers the workers when the mode lets it.
 */
public final class RelaxedShard implements HostedShard, AutoCloseable {
    private static final int FRAGMENT_LIMIT = 16;

    private final ChunkedRange range;
    private final int chunks;
    private final int epoch;
    private final ExchangeMode.Relaxed mode;
    private final int workers;
    private final NativeFloats parameters;
    private final ShardUpdate update;
    private final EndpointSubscription subscription;
    private final ContributionLedger ledger;
    private final ReadDesk desk;
    private final DroppedFrames dropped;
    private final FrameHeader header = new FrameHeader();
    private final VectorKernels kernels = new VectorKernels();
    private final boolean[] ready;

    // The contributions to the next update, by chunk.
    private final NativeFloats sums;
    private final int[] samples;
    private ControlledFragmentHandler handler;

    /**
     * A shard that knows no peer yet, see {@link #accept}.
     *
     * @param subscription to the gradients of all workers
     * @param toWorkers a publication of the parameters to each of them
     */
    public RelaxedShard(
            ChunkedRange range,
            ExchangeConfig config,
            SharedFloats flatParameters,
            EndpointSubscription subscription,
            List<FramePublication> toWorkers,
            DroppedFrames dropped) {
        this.range = range;
        this.chunks = range.chunks();
        this.epoch = config.topology().epoch();
        this.mode = (ExchangeMode.Relaxed) config.mode();
        this.workers = config.topology().trainers();
        this.parameters = flatParameters
                .floats()
                .slice(range.range().offset(), range.range().length());
        this.update =
                new ShardUpdate(range, config.layout(), config.optimizer(), 1, parameters, chunk -> {}, chunk -> {});
        this.subscription = subscription;
        this.ledger = new ContributionLedger(mode, workers, chunks);
        this.desk = new ReadDesk(
                mode,
                chunks,
                toWorkers.stream()
                        .map(publication -> new ParameterAnswer(publication, range, parameters))
                        .toList());
        this.dropped = dropped;
        this.ready = new boolean[workers];
        this.sums = NativeFloats.allocate(range.range().length());
        this.samples = new int[chunks];
    }

    /** From now on takes the frames of {@code senders}, of at most {@code frameLength} bytes, and no others. */
    public void accept(List<DataSession> senders, int frameLength) {
        handler = new FrameGuard(this::onFragment, senders, frameLength, dropped);
    }

    /** The parameters are those before {@code step}: from now on workers are answered. */
    public void open(long step) {
        ledger.open(step);
        desk.open(step);
    }

    @Override
    public ShardRange range() {
        return range.range();
    }

    @Override
    public NativeFloats parameters() {
        return parameters;
    }

    @Override
    public List<NativeFloats> slots() {
        return update.slots();
    }

    @Override
    public long step() {
        return mode.isStepwise() ? ledger.updates() : desk.slowest();
    }

    /** The step before which all workers were answered together last; they wait for each other at the end of a pass. */
    public long passEnd() {
        return desk.passEnd();
    }

    /** Steps that were done without {@code worker}, since this was last asked. */
    public long takeDropped(int worker) {
        return ledger.takeDropped(worker);
    }

    @Override
    public int doWork() {
        return subscription.controlledPoll(handler, FRAGMENT_LIMIT) + desk.answer(ledger.updates());
    }

    @Override
    public boolean probe() {
        return notReady().isEmpty() && desk.probe();
    }

    @Override
    public Set<Integer> notReady() {
        Set<Integer> missing = new TreeSet<>();
        IntStream.range(0, workers).filter(w -> !ready[w]).forEach(missing::add);
        return missing;
    }

    Action onFragment(DirectBuffer buffer, int offset, int length, Header aeronHeader) {
        boolean known = length >= FrameHeader.LENGTH
                && header.wrap(buffer, offset).version() == FrameHeader.VERSION
                && header.node() >= 0
                && header.node() < workers;
        if (!known) {
            dropped.countMalformed();
        } else if (header.epoch() != epoch) {
            dropped.countStale();
        } else if (header.type() == FrameHeader.GRADIENT) {
            return onGradient(buffer.addressOffset() + offset + FrameHeader.LENGTH, length - FrameHeader.LENGTH);
        } else if (header.type() == FrameHeader.READ && length == FrameHeader.LENGTH) {
            desk.ask(header.node(), header.step(), header.isBarrier(), header.isLastStep());
        } else if (header.type() == FrameHeader.READY && length == FrameHeader.LENGTH + range.length(0) * Float.BYTES) {
            ready[header.node()] = true;
        } else {
            dropped.countMalformed();
        }
        return Action.CONTINUE;
    }

    private Action onGradient(long address, int bytes) {
        int chunk = header.chunk();
        if (chunk < 0
                || chunk >= chunks
                || bytes != range.length(chunk) * Float.BYTES
                || header.samples() < 0
                || !Float.isFinite(header.learningRate())) {
            dropped.countMalformed();
            return Action.CONTINUE;
        }
        switch (ledger.arrive(chunk, header.node(), header.step())) {
            case EARLY -> {
                return Action.ABORT;
            }
            case DUPLICATE -> dropped.countDuplicate();
            case LATE -> dropped.countStale();
            case ADDED -> add(chunk, address);
            case COMPLETE -> {
                add(chunk, address);
                update.complete(
                        chunk,
                        sums.address(range.start(chunk)),
                        samples[chunk],
                        header.learningRate(),
                        ledger.updates(chunk));
                ledger.updated(chunk);
            }
        }
        return Action.CONTINUE;
    }

    private void add(int chunk, long address) {
        long sum = sums.address(range.start(chunk));
        if (ledger.isFirst(chunk)) {
            kernels.copy(sum, address, range.length(chunk));
            samples[chunk] = header.samples();
        } else {
            kernels.add(sum, address, range.length(chunk));
            samples[chunk] += header.samples();
        }
    }

    /** Ends the exchange; what the shard holds stays until {@link #close}. */
    public void disconnect() {
        CloseHelper.closeAll(subscription, desk);
    }

    @Override
    public void close() {
        disconnect();
        CloseHelper.closeAll(update, sums);
    }
}
