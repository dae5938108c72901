package io.covey.deploy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each mistake and each breakage ends with one clear message and the documented exit code. */
@Tag("cluster")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class FailureIT {
    private static final Path DATA = Command.DISTRIBUTION.resolve("examples/mnist/data");

    @TempDir
    Path folder;

    @Test
    void shouldNameTheFileWhenDataIsMissing() throws Exception {
        fails(2, "data.train.images=" + folder.resolve("nowhere.gz")).errContains("nowhere.gz");
    }

    @Test
    void shouldNameTheFileWhenAValidatedJobLacksData() throws Exception {
        Command.covey("validate", SmallJob.JOB.toString(), "--set", "data.test.labels=" + folder.resolve("nowhere.gz"))
                .run(600)
                .expect(2)
                .errContains("nowhere.gz");
    }

    @Test
    void shouldNameTheFileWhenDataIsTruncated() throws Exception {
        byte[] whole = Files.readAllBytes(DATA.resolve("train-images-idx3-ubyte.gz"));
        Path cut = folder.resolve("cut-images.gz");
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        fails(2, "data.train.images=" + cut, "data.train.limit=60000", "data.train.skip=0")
                .errContains("cut-images.gz");
    }

    @Test
    void shouldNameRowAndLabelWhenALabelIsOutOfRange() throws Exception {
        Path images = folder.resolve("images");
        Path labels = folder.resolve("labels");
        idx(images, 64, 28, 28);
        byte[] bytes = idx(labels, 64);
        bytes[bytes.length - 64 + 7] = 11;
        Files.write(labels, bytes);
        fails(2, "data.train.images=" + images, "data.train.labels=" + labels, "data.train.skip=0")
                .errContains("label 11")
                .errContains("row 7")
                .errContains("[0, 9]");
    }

    @Test
    void shouldSayWhatToTryWhenTheLossIsNotFinite() throws Exception {
        fails(1, "compile.optimizer.sgd.learning_rate=1e20").errContains("loss").errContains("learning_rate");
    }

    @Test
    void shouldNameThePortWhenItIsInUse() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            fails(2, "cluster.port=" + taken.getLocalPort()).errContains(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void shouldNameFileLineAndNearestKeyWhenTheJobFileHasATypo() throws Exception {
        String good = Files.readString(SmallJob.JOB, StandardCharsets.UTF_8);
        Path job = SmallJob.JOB.resolveSibling("typo-" + System.nanoTime() + ".yaml");
        try {
            Files.writeString(job, good.replace("epochs:", "epoch:"));
            Command.covey("train", job.toString())
                    .run(600)
                    .expect(2)
                    .errContains(job.getFileName() + ":")
                    .errContains("fit.epoch")
                    .errContains("did you mean epochs");
        } finally {
            Files.deleteIfExists(job);
        }
    }

    @Test
    void shouldRefuseToResumeWhenTheJobDecidesOtherBits() throws Exception {
        Path run = folder.resolve("run");
        Command.covey(SmallJob.train(run)).run(600).expect(0);
        Command.covey("resume", run.toString(), "--set", "fit.batch_size=64")
                .run(600)
                .expect(2)
                .errContains("fit.batch_size");
    }

    private CommandResult fails(int exitCode, String... settings) throws Exception {
        CommandResult result = Command.covey(SmallJob.train(folder.resolve("run"), settings))
                .run(600)
                .expect(exitCode);
        assertTrue(result.err().startsWith("covey: "), result::toString);
        assertEquals(-1, result.err().indexOf("\n\tat "), () -> "a stack trace on the console: " + result);
        return result;
    }

    /** Writes an IDX file of zeros and returns its bytes. */
    private static byte[] idx(Path file, int... shape) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0x800 | shape.length);
        int size = 1;
        for (int axis : shape) {
            out.writeInt(axis);
            size *= axis;
        }
        out.write(new byte[size]);
        Files.write(file, bytes.toByteArray());
        return bytes.toByteArray();
    }
}
