/**
 * The driver's side of a run on a cluster: registers the workers, places virtual shards and server shards, turns the training
 * loop's calls into commands, merges what comes back, and finds out what broke first.
 *
 * <p>Entry point: {@link io.covey.server.coordinator.Coordinator}.
 */
package io.covey.server.coordinator;
