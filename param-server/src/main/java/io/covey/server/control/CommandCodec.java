package io.covey.server.control;

import io.covey.server.control.codec.AssignDecoder;
import io.covey.server.control.codec.AssignEncoder;
import io.covey.server.control.codec.ConnectDecoder;
import io.covey.server.control.codec.ConnectEncoder;
import io.covey.server.control.codec.DismissDecoder;
import io.covey.server.control.codec.DismissEncoder;
import io.covey.server.control.codec.EvaluateDecoder;
import io.covey.server.control.codec.EvaluateEncoder;
import io.covey.server.control.codec.HashWeightsDecoder;
import io.covey.server.control.codec.HashWeightsEncoder;
import io.covey.server.control.codec.OverwriteWithAveragesDecoder;
import io.covey.server.control.codec.OverwriteWithAveragesEncoder;
import io.covey.server.control.codec.PauseDecoder;
import io.covey.server.control.codec.PauseEncoder;
import io.covey.server.control.codec.ReadVariablesDecoder;
import io.covey.server.control.codec.ReadVariablesEncoder;
import io.covey.server.control.codec.Split;
import io.covey.server.control.codec.StopDecoder;
import io.covey.server.control.codec.StopEncoder;
import io.covey.server.control.codec.StopTrainingDecoder;
import io.covey.server.control.codec.StopTrainingEncoder;
import io.covey.server.control.codec.SynchronizeDecoder;
import io.covey.server.control.codec.SynchronizeEncoder;
import io.covey.server.control.codec.TrainDecoder;
import io.covey.server.control.codec.TrainEncoder;
import io.covey.server.control.codec.WritePartsDecoder;
import io.covey.server.control.codec.WritePartsEncoder;
import io.covey.server.control.codec.WriteWeightsDecoder;
import io.covey.server.control.codec.WriteWeightsEncoder;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Encodes and decodes {@link Command}s. */
public final class CommandCodec extends ControlCodec<Command> {
    /** Host and replica of a server shard in {@link Command.Assign}. */
    private static final int HOST_LENGTH = 2 * Integer.BYTES;

    private static final int MEMBER_LENGTH = Integer.BYTES + 1;

    /** A codec for the messages of run {@code session}. */
    public CommandCodec(long session) {
        super(session);
    }

    @Override
    int encodeBody(Command message, MutableDirectBuffer target) {
        if (message instanceof Command.Assign m) {
            return encodeAssign(m, target);
        }
        if (message instanceof Command.Connect m) {
            return new ConnectEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .heldStep(m.heldStep())
                    .prefix(m.prefix())
                    .limit();
        }
        if (message instanceof Command.Pause) {
            return new PauseEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .limit();
        }
        if (message instanceof Command.Dismiss m) {
            return new DismissEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .reason(m.reason())
                    .limit();
        }
        if (message instanceof Command.Train m) {
            EpochPlan plan = m.plan();
            return new TrainEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .epoch(plan.epoch())
                    .learningRate(plan.learningRate())
                    .firstStep(plan.firstStep())
                    .endStep(plan.endStep())
                    .epochFirstStep(plan.epochFirstStep())
                    .limit();
        }
        if (message instanceof Command.StopTraining m) {
            return new StopTrainingEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .limit();
        }
        if (message instanceof Command.Evaluate m) {
            return new EvaluateEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .split(Split.valueOf(m.split().name()))
                    .limit();
        }
        if (message instanceof Command.HashWeights m) {
            return new HashWeightsEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .limit();
        }
        if (message instanceof Command.OverwriteWithAverages m) {
            return new OverwriteWithAveragesEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .limit();
        }
        if (message instanceof Command.ReadVariables m) {
            return new ReadVariablesEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .vector(m.vector())
                    .firstFloat(m.offset())
                    .floatCount(m.length())
                    .limit();
        }
        if (message instanceof Command.WriteWeights m) {
            byte[] values = FloatsCodec.encode(m.values());
            return new WriteWeightsEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .firstFloat(m.offset())
                    .putValues(values, 0, values.length)
                    .limit();
        }
        if (message instanceof Command.Synchronize m) {
            return new SynchronizeEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .step(m.step())
                    .limit();
        }
        if (message instanceof Command.WriteParts m) {
            return new WritePartsEncoder()
                    .wrapAndApplyHeader(target, 0, headerEncoder)
                    .command(m.command())
                    .step(m.step())
                    .prefix(m.prefix())
                    .attempt(m.attempt())
                    .limit();
        }
        Command.Stop stop = (Command.Stop) message;
        return new StopEncoder()
                .wrapAndApplyHeader(target, 0, headerEncoder)
                .reason(stop.reason())
                .limit();
    }

    private int encodeAssign(Command.Assign m, MutableDirectBuffer target) {
        Topology topology = m.topology();
        AssignEncoder encoder = new AssignEncoder()
                .wrapAndApplyHeader(target, 0, headerEncoder)
                .command(m.command())
                .epoch(topology.epoch())
                .chunkLength(topology.chunkLength());
        var shardHosts = encoder.shardHostsCount(topology.shardHosts().size());
        for (int shard = 0; shard < topology.shardHosts().size(); shard++) {
            shardHosts
                    .next()
                    .worker(topology.shardHosts().get(shard))
                    .replica(topology.replicaHosts().get(shard));
        }
        var leafOwners = encoder.leafOwnersCount(topology.leafOwners().size());
        topology.leafOwners().forEach(worker -> leafOwners.next().worker(worker));
        var members = encoder.membersCount(topology.members().size());
        for (Member member : topology.members()) {
            members.next()
                    .worker(member.worker())
                    .dedicated((short) (member.dedicated() ? 1 : 0))
                    .hostToken(member.hostToken())
                    .aeronDirectory(member.aeronDirectory())
                    .endpoint(member.endpoint())
                    .processId(member.processId())
                    .instructionSet(member.instructionSet());
        }
        return encoder.limit();
    }

    @Override
    Command decodeBody(DirectBuffer source, int templateId) {
        return switch (templateId) {
            case AssignDecoder.TEMPLATE_ID -> decodeAssign(source);
            case ConnectDecoder.TEMPLATE_ID -> {
                var d = new ConnectDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                Command m =
                        new Command.Connect(d.command(), d.heldStep(), text(d.prefixLength(), d.limit(), d::prefix));
                decodedLength = d.limit();
                yield m;
            }
            case PauseDecoder.TEMPLATE_ID -> {
                decodedLength = new PauseDecoder()
                        .wrapAndApplyHeader(source, 0, headerDecoder)
                        .limit();
                yield new Command.Pause();
            }
            case DismissDecoder.TEMPLATE_ID -> {
                var d = new DismissDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                Command m = new Command.Dismiss(text(d.reasonLength(), d.limit(), d::reason));
                decodedLength = d.limit();
                yield m;
            }
            case TrainDecoder.TEMPLATE_ID -> {
                var d = new TrainDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new Command.Train(
                        d.command(),
                        new EpochPlan(d.epoch(), d.firstStep(), d.endStep(), d.epochFirstStep(), d.learningRate()));
            }
            case StopTrainingDecoder.TEMPLATE_ID -> {
                var d = new StopTrainingDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new Command.StopTraining(d.command());
            }
            case EvaluateDecoder.TEMPLATE_ID -> {
                var d = new EvaluateDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new Command.Evaluate(
                        d.command(), DataSplit.valueOf(d.split().name()));
            }
            case HashWeightsDecoder.TEMPLATE_ID -> {
                var d = new HashWeightsDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new Command.HashWeights(d.command());
            }
            case OverwriteWithAveragesDecoder.TEMPLATE_ID -> {
                var d = new OverwriteWithAveragesDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new Command.OverwriteWithAverages(d.command());
            }
            case ReadVariablesDecoder.TEMPLATE_ID -> {
                var d = new ReadVariablesDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new Command.ReadVariables(d.command(), d.vector(), d.firstFloat(), d.floatCount());
            }
            case WriteWeightsDecoder.TEMPLATE_ID -> {
                var d = new WriteWeightsDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                Command m = new Command.WriteWeights(
                        d.command(), d.firstFloat(), floats(d.valuesLength(), d.limit(), d::getValues));
                decodedLength = d.limit();
                yield m;
            }
            case SynchronizeDecoder.TEMPLATE_ID -> {
                var d = new SynchronizeDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                decodedLength = d.limit();
                yield new Command.Synchronize(d.command(), d.step());
            }
            case WritePartsDecoder.TEMPLATE_ID -> {
                var d = new WritePartsDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                Command m = new Command.WriteParts(
                        d.command(),
                        d.step(),
                        text(d.prefixLength(), d.limit(), d::prefix),
                        text(d.attemptLength(), d.limit(), d::attempt));
                decodedLength = d.limit();
                yield m;
            }
            case StopDecoder.TEMPLATE_ID -> {
                var d = new StopDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
                Command m = new Command.Stop(text(d.reasonLength(), d.limit(), d::reason));
                decodedLength = d.limit();
                yield m;
            }
            default -> throw unknownTemplate();
        };
    }

    private Command decodeAssign(DirectBuffer source) {
        var d = new AssignDecoder().wrapAndApplyHeader(source, 0, headerDecoder);
        List<Integer> shardHosts = new ArrayList<>();
        List<Integer> replicaHosts = new ArrayList<>();
        var hosts = d.shardHosts();
        requireGroup(hosts.count(), hosts.actingBlockLength(), HOST_LENGTH, HOST_LENGTH, d.limit());
        hosts.forEach(host -> {
            shardHosts.add(host.worker());
            replicaHosts.add(host.replica());
        });
        List<Integer> leafOwners = new ArrayList<>();
        var owners = d.leafOwners();
        requireGroup(owners.count(), owners.actingBlockLength(), Integer.BYTES, Integer.BYTES, d.limit());
        owners.forEach(owner -> leafOwners.add(owner.worker()));
        List<Member> members = new ArrayList<>();
        var all = d.members();
        requireGroup(all.count(), all.actingBlockLength(), MEMBER_LENGTH, MEMBER_LENGTH, d.limit());
        for (AssignDecoder.MembersDecoder member : all) {
            boolean dedicated = member.dedicated() == 1;
            members.add(new Member(
                    member.worker(),
                    text(member.hostTokenLength(), d.limit(), member::hostToken),
                    text(member.aeronDirectoryLength(), d.limit(), member::aeronDirectory),
                    text(member.endpointLength(), d.limit(), member::endpoint),
                    text(member.processIdLength(), d.limit(), member::processId),
                    text(member.instructionSetLength(), d.limit(), member::instructionSet),
                    dedicated));
        }
        decodedLength = d.limit();
        return new Command.Assign(
                d.command(), new Topology(d.epoch(), members, shardHosts, replicaHosts, leafOwners, d.chunkLength()));
    }
}
