package io.covey.server.control;

import io.covey.server.control.codec.AssignDecoder;
import io.covey.server.control.codec.AssignEncoder;
import io.covey.server.control.codec.ConnectDecoder;
import io.covey.server.control.codec.ConnectEncoder;
import io.covey.server.control.codec.EvaluateDecoder;
import io.covey.server.control.codec.EvaluateEncoder;
import io.covey.server.control.codec.HashWeightsDecoder;
import io.covey.server.control.codec.HashWeightsEncoder;
import io.covey.server.control.codec.Split;
import io.covey.server.control.codec.StopDecoder;
import io.covey.server.control.codec.StopEncoder;
import io.covey.server.control.codec.StopTrainingDecoder;
import io.covey.server.control.codec.StopTrainingEncoder;
import io.covey.server.control.codec.TrainDecoder;
import io.covey.server.control.codec.TrainEncoder;
import io.covey.server.control.codec.WritePartsDecoder;
import io.covey.server.control.codec.WritePartsEncoder;
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
        topology.shardHosts().forEach(worker -> shardHosts.next().worker(worker));
        var leafOwners = encoder.leafOwnersCount(topology.leafOwners().size());
        topology.leafOwners().forEach(worker -> leafOwners.next().worker(worker));
        var members = encoder.membersCount(topology.members().size());
        for (Member member : topology.members()) {
            members.next()
                    .worker(member.worker())
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
                decodedLength = d.limit();
                yield new Command.Connect(d.command());
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
        var hosts = d.shardHosts();
        requireGroup(hosts.count(), hosts.actingBlockLength(), Integer.BYTES, Integer.BYTES, d.limit());
        hosts.forEach(host -> shardHosts.add(host.worker()));
        List<Integer> leafOwners = new ArrayList<>();
        var owners = d.leafOwners();
        requireGroup(owners.count(), owners.actingBlockLength(), Integer.BYTES, Integer.BYTES, d.limit());
        owners.forEach(owner -> leafOwners.add(owner.worker()));
        List<Member> members = new ArrayList<>();
        var all = d.members();
        requireGroup(all.count(), all.actingBlockLength(), Integer.BYTES, Integer.BYTES, d.limit());
        for (AssignDecoder.MembersDecoder member : all) {
            members.add(new Member(
                    member.worker(),
                    text(member.hostTokenLength(), d.limit(), member::hostToken),
                    text(member.aeronDirectoryLength(), d.limit(), member::aeronDirectory),
                    text(member.endpointLength(), d.limit(), member::endpoint),
                    text(member.processIdLength(), d.limit(), member::processId),
                    text(member.instructionSetLength(), d.limit(), member::instructionSet)));
        }
        decodedLength = d.limit();
        return new Command.Assign(
                d.command(), new Topology(d.epoch(), members, shardHosts, leafOwners, d.chunkLength()));
    }
}
