package io.covey.server.control;

import io.covey.server.control.WorkerMessage.Origin;
import io.covey.server.control.codec.MessageHeaderEncoder;
import io.covey.server.membership.Holding;
import io.covey.server.membership.Member;
import io.covey.server.membership.Topology;
import io.covey.trainer.CoveyException;
import io.covey.trainer.CoveyException.Category;
import io.covey.trainer.objective.MetricState;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.EpochPlan;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

@Timeout(300)
class ControlCodecTest {
    private static final long SESSION = 0x1234_5678_9abc_def0L;
    private static final int WORKER = 3;
    private static final int EPOCH = 5;
    private static final int GARBLED_COPIES = 300;

    private static Member member(int worker) {
        return new Member(
                worker, "boot/26/0", "/dev/shm/covey-ä", "10.0.0." + worker + ":40123", "77@host", "avx512_core");
    }

    private static Progress progress() {
        Progress progress = new Progress(9, 3);
        progress.add(0, 2, MetricState.of(8, 1.5, 3));
        progress.add(1L << 40, 0, MetricState.of(7, Double.NaN, 0.1));
        return progress;
    }

    static Stream<WorkerMessage> workerMessages() {
        ErrorReport error = new ErrorReport(Category.CALLER, "label 12 – too large", "at X.y(X.java:1)\n\tat Z");
        return Stream.of(
                new WorkerMessage.Heartbeat(),
                new WorkerMessage.Join("0.1.0", member(WORKER)),
                new WorkerMessage.Join("0.1.0", member(WORKER).asDedicated()),
                new WorkerMessage.Loaded(1),
                new WorkerMessage.Ready(2, 1719),
                progress(),
                new WorkerMessage.PassDone(3, 3438),
                new WorkerMessage.PassDone(3, 3438, new TreeMap<>(Map.of(0, 0L, 7, 1L << 40))),
                new WorkerMessage.WeightsHash(4, "ab".repeat(32)),
                new WorkerMessage.VariablesPart(5, FloatBuffer.wrap(new float[] {0.1f, Float.NaN, -0f})),
                new WorkerMessage.VariablesPart(5, FloatBuffer.wrap(new float[FloatsCodec.MAX_FLOATS])),
                new WorkerMessage.Done(6),
                new WorkerMessage.PartsWritten(5),
                new WorkerMessage.PartsFailed(6, error),
                new WorkerMessage.Failed(error, Origin.CAUSE),
                new WorkerMessage.Failed(error, Origin.ECHO),
                new WorkerMessage.Failed(error, Origin.LEAVING),
                new WorkerMessage.Paused(List.of()),
                new WorkerMessage.Paused(List.of(new Holding(0, 7, true), new Holding(2, 8, false))),
                new WorkerMessage.Goodbye());
    }

    static Stream<Command> commands() {
        List<Member> members = Stream.concat(
                        IntStream.range(0, 100).mapToObj(ControlCodecTest::member),
                        Stream.of(member(100).asDedicated()))
                .toList();
        Topology topology = new Topology(
                1, members, List.of(0, 1, 0), List.of(2, Topology.NONE, 1), Topology.contiguous(128, 100), 16352);
        return Stream.of(
                new Command.Assign(1, topology),
                new Command.Connect(2, 1719, ""),
                new Command.Connect(2, Command.Connect.NOT_HELD, "hdfs://nn/runs/a/ckpt-3"),
                new Command.Pause(),
                new Command.Dismiss("worker 1 has not been heard of"),
                new Command.Train(3, new EpochPlan(2, 3438, 5157, 3438, 0.01f)),
                new Command.StopTraining(3),
                new Command.Evaluate(4, DataSplit.VALIDATION),
                new Command.HashWeights(5),
                new Command.OverwriteWithAverages(6),
                new Command.ReadVariables(5, Command.ReadVariables.PARAMETERS, 1L << 33, FloatsCodec.MAX_FLOATS),
                new Command.ReadVariables(5, 2, 16, 1),
                new Command.WriteWeights(5, 1L << 33, FloatBuffer.wrap(new float[FloatsCodec.MAX_FLOATS])),
                new Command.WriteWeights(5, 0, FloatBuffer.wrap(new float[] {1e-38f, Float.NEGATIVE_INFINITY})),
                new Command.Synchronize(6, 1719),
                new Command.WriteParts(6, 5157, "hdfs://nn/runs/a/ckpt-3", "7f-6"),
                new Command.Stop(""),
                new Command.Stop("worker 1: out of memory"));
    }

    private static <M> byte[] encoded(ControlCodec<M> codec, M message) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64);
        byte[] bytes = new byte[codec.encode(WORKER, EPOCH, message, buffer)];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    private static <M> List<M> decoded(ControlCodec<M> codec, byte[] bytes, int length) {
        List<M> messages = new ArrayList<>();
        codec.decode(new UnsafeBuffer(bytes), 0, length, (worker, epoch, message) -> {
            assertEquals(WORKER, worker);
            assertEquals(EPOCH, epoch);
            messages.add(message);
        });
        return messages;
    }

    @ParameterizedTest
    @MethodSource("workerMessages")
    void shouldBringWorkerMessagesBack(WorkerMessage message) {
        byte[] bytes = encoded(new WorkerMessageCodec(SESSION), message);
        List<WorkerMessage> back = decoded(new WorkerMessageCodec(SESSION), bytes, bytes.length);
        if (message instanceof Progress) {
            assertEquals(List.of(message).toString(), back.toString());
        } else {
            assertEquals(List.of(message), back);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldBringCommandsBack(Command command) {
        byte[] bytes = encoded(new CommandCodec(SESSION), command);
        assertEquals(List.of(command), decoded(new CommandCodec(SESSION), bytes, bytes.length));
    }

    @ParameterizedTest
    @MethodSource("workerMessages")
    void shouldRefuseWorkerMessagesThatAreCutShort(WorkerMessage message) {
        byte[] bytes = encoded(new WorkerMessageCodec(SESSION), message);
        for (int length = 0; length < bytes.length; length += 1 + bytes.length / 2_000) {
            int cut = length;
            assertThrows(
                    ControlProtocolException.class,
                    () -> decoded(new WorkerMessageCodec(SESSION), bytes, cut),
                    () -> cut + " of " + bytes.length + " bytes");
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldRefuseCommandsThatAreCutShort(Command command) {
        byte[] bytes = encoded(new CommandCodec(SESSION), command);
        for (int length = 0; length < bytes.length; length += 1 + bytes.length / 200) {
            int cut = length;
            assertThrows(
                    ControlProtocolException.class,
                    () -> decoded(new CommandCodec(SESSION), bytes, cut),
                    () -> cut + " of " + bytes.length + " bytes");
        }
    }

    @ParameterizedTest
    @MethodSource("workerMessages")
    void shouldRefuseByTypeOrReadWhatIsGarbled(WorkerMessage message) {
        byte[] bytes = encoded(new WorkerMessageCodec(SESSION), message);
        for (int seed = 0; seed < GARBLED_COPIES; seed++) {
            Random random = new Random(seed);
            byte[] garbled = bytes.clone();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                garbled[random.nextInt(garbled.length)] = (byte) random.nextInt();
            }
            try {
                new WorkerMessageCodec(SESSION)
                        .decode(new UnsafeBuffer(garbled), 0, garbled.length, (worker, epoch, m) -> {});
            } catch (ControlProtocolException e) {
                assertTrue(e.getMessage().contains("control message"), e.getMessage());
            } catch (RuntimeException e) {
                fail("seed " + seed + ": " + message, e);
            }
        }
    }

    @Test
    void shouldNameTemplateAndVersionOfAnUnknownTemplate() {
        byte[] bytes = encoded(new CommandCodec(SESSION), new Command.Connect(1, 0, ""));
        ControlProtocolException thrown = assertThrows(
                ControlProtocolException.class, () -> decoded(new WorkerMessageCodec(SESSION), bytes, bytes.length));
        assertEquals("control message with template 51, schema 1 version 5 is not known here", thrown.getMessage());
    }

    @Test
    void shouldNameBothVersionsWhenTheSenderRunsAnother() {
        byte[] bytes = encoded(new CommandCodec(SESSION), new Command.Connect(1, 0, ""));
        new MessageHeaderEncoder().wrap(new UnsafeBuffer(bytes), 0).version(6);
        ControlProtocolException thrown = assertThrows(
                ControlProtocolException.class, () -> decoded(new CommandCodec(SESSION), bytes, bytes.length));
        assertTrue(thrown.getMessage().contains("template 51, schema 1 version 6"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("speaks schema 1 version 5"), thrown.getMessage());
    }

    @Test
    void shouldDropMessagesOfOtherRuns() {
        byte[] bytes = encoded(new CommandCodec(SESSION + 1), new Command.Connect(1, 0, ""));
        assertEquals(List.of(), decoded(new CommandCodec(SESSION), bytes, bytes.length));
    }

    @Test
    void shouldBoundTheTextOfErrors() {
        ErrorReport report = ErrorReport.of(new IllegalStateException("€".repeat(100_000)));
        assertEquals(ErrorReport.MESSAGE_LIMIT, report.message().length());
        assertEquals(ErrorReport.DETAILS_LIMIT, report.details().length());
        byte[] bytes = encoded(new WorkerMessageCodec(SESSION), new WorkerMessage.Failed(report, Origin.CAUSE));
        assertEquals(
                1, decoded(new WorkerMessageCodec(SESSION), bytes, bytes.length).size());
    }

    @Test
    void shouldReportAnExceptionWithoutAMessage() {
        assertEquals(
                "java.lang.NullPointerException",
                ErrorReport.of(new NullPointerException()).message());
        ErrorReport covey = ErrorReport.of(CoveyException.caller("batch_size is 0"));
        assertEquals("batch_size is 0", covey.message());
        assertEquals(Category.CALLER, covey.category());
        assertFalse(covey.details().isEmpty());
    }
}
