/**
 * Control messages between the coordinator and the workers: what they say, how they are encoded, and their way over Aeron.
 *
 * <p>Entry points: {@link io.covey.server.control.Command} and {@link io.covey.server.control.WorkerMessage} (what is said),
 * {@link io.covey.server.control.ControlServer} and {@link io.covey.server.control.ControlClient} (how it gets
 * there).
 */
package io.covey.server.control;
