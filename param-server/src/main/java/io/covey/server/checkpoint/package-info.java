/**
 * Checkpoint files on any file system that Hadoop knows.
 *
 * <p>Entry point: {@link io.covey.server.checkpoint.HadoopFileStore}.
 */
package io.covey.server.checkpoint;
