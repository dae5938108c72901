package io.covey.deploy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The MNIST example cut down to seconds: 6,400 rows, 2 epochs. */
final class SmallJob {
    static final Path JOB = Command.DISTRIBUTION.resolve("examples/mnist/mlp.yaml");

    private SmallJob() {}

    /** Arguments of {@code covey train} into {@code runDir}; {@code settings} come last and win. */
    static String[] train(Path runDir, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("train", JOB.toString(), "--run-dir", runDir.toString()));
        for (String setting : List.of("fit.epochs=2", "data.train.limit=6400", "data.validation.limit=500")) {
            arguments.addAll(List.of("--set", setting));
        }
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        return arguments.toArray(String[]::new);
    }
}
