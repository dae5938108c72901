package io.covey.spark.cli;

import io.covey.server.checkpoint.HadoopFileStore;
import io.covey.spark.job.JobFile;
import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import io.covey.trainer.checkpoint.TensorBundleReader;
import io.covey.trainer.checkpoint.TensorInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code covey checkpoint ls}. */
@Command(
        name = "ls",
        description =
                "Lists the tensors of a checkpoint: name, dtype, shape, shards, bytes, and whether the bytes still"
                        + " have the checksums with which they were written.")
final class CheckpointLsCommand implements Callable<Integer> {
    private static final String INDEX_SUFFIX = ".index";

    private final PrintStream out;
    private final PrintStream err;

    @Parameters(
            paramLabel = "PREFIX",
            description = "Checkpoint, for example runs/mnist-mlp/ckpt-3, or a folder, whose newest good one is taken.")
    private String path;

    /** @param err hears which newer checkpoints of a folder are passed over */
    CheckpointLsCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        String absolute = JobFile.absolute(path);
        FileStore files = absolute.startsWith("/") ? new LocalFileStore() : new HadoopFileStore();
        String prefix = prefix(files, absolute);
        List<TensorInfo> tensors;
        try (TensorBundleReader reader = TensorBundleReader.open(files, prefix)) {
            tensors = reader.list();
        }
        out.println(prefix);
        out.print(TensorTable.of(tensors));
        requireIntact(prefix, tensors);
        return ExitCode.DONE;
    }

    private String prefix(FileStore files, String path) {
        if (path.endsWith(INDEX_SUFFIX)) {
            return path.substring(0, path.length() - INDEX_SUFFIX.length());
        }
        try {
            if (files.exists(path + INDEX_SUFFIX)) {
                return path;
            }
        } catch (IOException e) {
            throw CoveyException.failure("cannot read " + path + ": " + FileProblem.of(e), e);
        }
        List<String> passedOver = new ArrayList<>();
        String newest = new CheckpointDirectory(files, path, 1)
                .newestValid(passedOver::add)
                .orElseThrow(() -> CoveyException.caller("there is no checkpoint at " + path + ": neither a file "
                        + path + INDEX_SUFFIX + " nor a folder with checkpoints"));
        passedOver.forEach(reason -> err.println("covey: " + reason + "; an older one is taken: " + newest));
        return newest;
    }

    private static void requireIntact(String prefix, List<TensorInfo> tensors) {
        List<TensorInfo> damaged = tensors.stream()
                .filter(t -> t.checksum() != TensorInfo.Checksum.OK)
                .toList();
        if (!damaged.isEmpty()) {
            throw CoveyException.failure(damaged.stream()
                    .map(TensorInfo::problem)
                    .collect(Collectors.joining(
                            "\n  ",
                            damaged.size() + " of " + tensors.size() + " tensors of " + prefix + " are damaged:\n  ",
                            "")));
        }
    }
}
