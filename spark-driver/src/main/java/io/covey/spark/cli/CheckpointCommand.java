package io.covey.spark.cli;

import picocli.CommandLine.Command;

/** {@code covey checkpoint}: looks at checkpoints, also at those that TensorFlow wrote. */
@Command(name = "checkpoint", description = "Looks at checkpoints in TensorFlow's format.")
final class CheckpointCommand {}
