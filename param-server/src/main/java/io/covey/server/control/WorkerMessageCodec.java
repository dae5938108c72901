package io.covey.server.control;

import io.covey.server.control.codec.DoneDecoder;
import io.covey.server.control.codec.DoneEncoder;
import io.covey.server.control.codec.ErrorCategory;
import io.covey.server.control.codec.ErrorOrigin;
import io.covey.server.control.codec.FailedDecoder;
import io.covey.server.control.codec.FailedEncoder;
import io.covey.server.control.codec.GoodbyeDecoder;
import io.covey.server.control.codec.GoodbyeEncoder;
import io.covey.server.control.codec.HeartbeatDecoder;
import io.covey.server.control.codec.HeartbeatEncoder;
import io.covey.server.control.codec.JoinDecoder;
import io.covey.server.control.codec.JoinEncoder;
import io.covey.server.control.codec.LoadedDecoder;
import io.covey.server.control.codec.LoadedEncoder;
import io.covey.server.control.codec.PartsFailedDecoder;
import io.covey.server.control.codec.PartsFailedEncoder;
import io.covey.server.control.codec.PartsWrittenDecoder;
import io.covey.server.control.codec.PartsWrittenEncoder;
import io.covey.server.control.codec.PassDoneDecoder;
import io.covey.server.control.codec.PassDoneEncoder;
import io.covey.server.control.codec.PausedDecoder;
import io.covey.server.control.codec.PausedEncoder;
import io.covey.server.control.codec.ProgressDecoder;
import io.covey.server.control.codec.ProgressEncoder;
import io.covey.server.control.codec.ReadyDecoder;
import io.covey.server.control.codec.ReadyEncoder;
import io.covey.server.control.codec.VariablesPartDecoder;
import io.covey.server.control.codec.VariablesPartEncoder;
import io.covey.server.control.codec.WeightsHashDecoder;
import io.covey.server.control.codec.WeightsHashEncoder;
import io.covey.server.membership.Holding;
import io.covey.server.membership.Member;
import io.covey.trainer.CoveyException.Category;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Encodes and decodes {@link WorkerMessage}s. */
public final class WorkerMessageCodec extends ControlCodec<WorkerMessage> {
    /** Step and leaf of an entry of {@link Progress}. */
    private static final int LEAF_LENGTH = Long.BYTES + Integer.BYTES;

    /** Shard, step and flag of an entry of {@link WorkerMessage.Paused}. */
    private static final int HOLDING_LENGTH = Integer.BYTES + Long.BYTES + Byte.BYTES;

    /** Worker and count of an entry of {@link WorkerMessage.PassDone}. */
    private static final int DROPPED_LENGTH = Integer.BYTES + Long.BYTES;

    private final ProgressEncoder progressEncoder = new ProgressEncoder();

    /** A codec for the messages of run {@code session}. */
    public WorkerMessageCodec(long session) {
        super(session);
    }

    @Override
    int encodeBody(WorkerMessage message, MutableDirectBuffer target) {
        if (message instanceof Progress m) {
            return encodeProgress(m, target);
        }
        if (message instanceof WorkerMessage.Heartbeat) {
            return new HeartbeatEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .limit();
        }
        if (message instanceof WorkerMessage.Join m) {
            Member member = m.member();
            return new JoinEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .dedicated((short) (member.dedicated() ? 1 : 0))
                    .version(m.version())
                    .hostToken(member.hostToken())
                    .aeronDirectory(member.aeronDirectory())
                    .endpoint(member.endpoint())
                    .processId(member.processId())
                    .instructionSet(member.instructionSet())
                    .limit();
        }
        if (message instanceof WorkerMessage.Loaded m) {
            return new LoadedEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .limit();
        }
        if (message instanceof WorkerMessage.Ready m) {
            return new ReadyEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .step(m.step())
                    .limit();
        }
        if (message instanceof WorkerMessage.PassDone m) {
            PassDoneEncoder encoder = new PassDoneEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .endStep(m.endStep());
            var dropped = encoder.droppedCount(m.dropped().size());
            m.dropped().forEach((worker, count) -> dropped.next().worker(worker).contributions(count));
            return encoder.limit();
        }
        if (message instanceof WorkerMessage.WeightsHash m) {
            return new WeightsHashEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .sha256(m.sha256())
                    .limit();
        }
        if (message instanceof WorkerMessage.VariablesPart m) {
            byte[] values = FloatsCodec.encode(m.values());
            return new VariablesPartEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .putValues(values, 0, values.length)
                    .limit();
        }
        if (message instanceof WorkerMessage.Done m) {
            return new DoneEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .limit();
        }
        if (message instanceof WorkerMessage.PartsWritten m) {
            return new PartsWrittenEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .limit();
        }
        if (message instanceof WorkerMessage.PartsFailed m) {
            return new PartsFailedEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .category(ErrorCategory.valueOf(m.error().category().name()))
                    .message(m.error().message())
                    .details(m.error().details())
                    .limit();
        }
        if (message instanceof WorkerMessage.Paused m) {
            PausedEncoder encoder = new PausedEncoder().wrapAndApplyHeader(target, 0, headerEncoder);
            var holdings = encoder.holdingsCount(m.holdings().size());
            for (Holding holding : m.holdings()) {
                holdings.next().shard(holding.shard()).step(holding.step()).alsoPrevious((short)
                        (holding.alsoPrevious() ? 1 : 0));
            }
            return encoder.limit();
        }
        if (message instanceof WorkerMessage.Failed m) {
            return new FailedEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .category(ErrorCategory.valueOf(m.error().category().name()))
                    .origin(ErrorOrigin.valueOf(m.origin().name()))
                    .message(m.error().message())
                    .details(m.error().details())
                    .limit();
        }
        return new GoodbyeEncoder().wrapAndApplyHeader(target, 0, headerEncoder).limit();
    }

    private int encodeProgress(Progress m, MutableDirectBuffer target) {
        progressEncoder.wrapAndApplyHeader(target, 0, headerEncoder).command(m.command());
        ProgressEncoder.LeavesEncoder leaves = progressEncoder.leavesCount(m.size());
        for (int i = 0; i < m.size(); i++) {
            ProgressEncoder.LeavesEncoder.SumsEncoder sums =
                    leaves.next().step(m.step(i)).leaf(m.leaf(i)).sumsCount(m.stateLength());
            for (int k = 0; k < m.stateLength(); k++) {
                sums.next().value(m.sum(i, k));
            }
        }
        return progressEncoder.limit();
    }

    @Override
    WorkerMessage decodeBody(DirectBuffer source, int templateId) {
        return switch (templateId) {
            case ProgressDecoder.TEMPLATE_ID -> decodeProgress(source);
            case HeartbeatDecoder.TEMPLATE_ID -> {
                decodedLength = new HeartbeatDecoder()
                        .wrapAndApplyHeader(source, 0, headerDecoder)
                        .limit();
                yield new WorkerMessage.Heartbeat();
            }
            case JoinDecoder.TEMPLATE_ID -> decodeJoin(source);
            case LoadedDecoder.TEMPLATE_ID -> {
                var d = new LoadedDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new WorkerMessage.Loaded(d.command());
            }
            case ReadyDecoder.TEMPLATE_ID -> {
                var d = new ReadyDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new WorkerMessage.Ready(d.command(), d.step());
            }
            case PassDoneDecoder.TEMPLATE_ID -> {
                var d = new PassDoneDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                long command = d.command();
                long endStep = d.endStep();
                SortedMap<Integer, Long> dropped = new TreeMap<>();
                var group = d.dropped();
                requireGroup(group.count(), group.actingBlockLength(), DROPPED_LENGTH, DROPPED_LENGTH, d.limit());
                group.forEach(worker -> dropped.put(worker.worker(), worker.contributions()));
                decodedLength = d.limit();
                yield new WorkerMessage.PassDone(command, endStep, Collections.unmodifiableSortedMap(dropped));
            }
            case WeightsHashDecoder.TEMPLATE_ID -> {
                var d = new WeightsHashDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                WorkerMessage m =
                        new WorkerMessage.WeightsHash(d.command(), text(d.sha256Length(), d.limit(), d::sha256));
                decodedLength = d.limit();
                yield m;
            }
            case VariablesPartDecoder.TEMPLATE_ID -> {
                var d = new VariablesPartDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                WorkerMessage m =
                        new WorkerMessage.VariablesPart(d.command(), floats(d.valuesLength(), d.limit(), d::getValues));
                decodedLength = d.limit();
                yield m;
            }
            case DoneDecoder.TEMPLATE_ID -> {
                var d = new DoneDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new WorkerMessage.Done(d.command());
            }
            case PartsWrittenDecoder.TEMPLATE_ID -> {
                var d = new PartsWrittenDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new WorkerMessage.PartsWritten(d.command());
            }
            case PartsFailedDecoder.TEMPLATE_ID -> {
                var d = new PartsFailedDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                WorkerMessage m = new WorkerMessage.PartsFailed(
                        d.command(),
                        new ErrorReport(
                                category(d.category()),
                                text(d.messageLength(), d.limit(), d::message),
                                text(d.detailsLength(), d.limit(), d::details)));
                decodedLength = d.limit();
                yield m;
            }
            case PausedDecoder.TEMPLATE_ID -> {
                var d = new PausedDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                List<Holding> holdings = new ArrayList<>();
                var group = d.holdings();
                requireGroup(group.count(), group.actingBlockLength(), HOLDING_LENGTH, HOLDING_LENGTH, d.limit());
                group.forEach(h -> holdings.add(new Holding(h.shard(), h.step(), h.alsoPrevious() == 1)));
                decodedLength = d.limit();
                yield new WorkerMessage.Paused(List.copyOf(holdings));
            }
            case FailedDecoder.TEMPLATE_ID -> {
                var d = new FailedDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                WorkerMessage m = new WorkerMessage.Failed(
                        new ErrorReport(
                                category(d.category()),
                                text(d.messageLength(), d.limit(), d::message),
                                text(d.detailsLength(), d.limit(), d::details)),
                        WorkerMessage.Origin.valueOf(d.origin().name()));
                decodedLength = d.limit();
                yield m;
            }
            case GoodbyeDecoder.TEMPLATE_ID -> {
                decodedLength = new GoodbyeDecoder()
                        .wrapAndApplyHeader(source, 0, headerDecoder)
                        .limit();
                yield new WorkerMessage.Goodbye();
            }
            default -> throw unknownTemplate();
        };
    }

    private WorkerMessage decodeJoin(DirectBuffer source) {
        var d = new JoinDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
        boolean dedicated = d.dedicated() == 1;
        String version = text(d.versionLength(), d.limit(), d::version);
        Member member = new Member(
                headerDecoder.worker(),
                text(d.hostTokenLength(), d.limit(), d::hostToken),
                text(d.aeronDirectoryLength(), d.limit(), d::aeronDirectory),
                text(d.endpointLength(), d.limit(), d::endpoint),
                text(d.processIdLength(), d.limit(), d::processId),
                text(d.instructionSetLength(), d.limit(), d::instructionSet),
                dedicated);
        decodedLength = d.limit();
        return new WorkerMessage.Join(version, member);
    }

    private WorkerMessage decodeProgress(DirectBuffer source) {
        var d = new ProgressDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
        long command = d.command();
        Progress progress = null;
        ProgressDecoder.LeavesDecoder leaves = d.leaves();
        int count = leaves.count();
        requireGroup(count, leaves.actingBlockLength(), LEAF_LENGTH, LEAF_LENGTH, d.limit());
        for (ProgressDecoder.LeavesDecoder leaf : leaves) {
            long step = leaf.step();
            int number = leaf.leaf();
            ProgressDecoder.LeavesDecoder.SumsDecoder sums = leaf.sums();
            int entryLength = sums.count() * Double.BYTES;
            requireGroup(progress == null ? count : 1, sums.actingBlockLength(), Double.BYTES, entryLength, d.limit());
            if (progress == null) {
                progress = new Progress(command, sums.count(), Math.min(count, Progress.CAPACITY));
            }
            if (sums.count() != progress.stateLength() || progress.isFull()) {
                throw new IllegalArgumentException("entry " + progress.size() + " has " + sums.count()
                        + " sums, entries before it " + progress.stateLength() + "; at most " + Progress.CAPACITY
                        + " entries make a message");
            }
            progress.append(step, number);
            for (int k = 0; sums.hasNext(); k++) {
                progress.sum(progress.size() - 1, k, sums.next().value());
            }
        }
        if (progress == null) {
            throw new IllegalArgumentException("a progress message needs at least one entry");
        }
        decodedLength = d.limit();
        return progress;
    }

    private static Category category(ErrorCategory category) {
        return Category.valueOf(category.name());
    }
}
