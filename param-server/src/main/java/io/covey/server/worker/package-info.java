/**
 * The executor's side of a run: joins the coordinator, trains the virtual shards and hosts the server shards that it is given.
 *
 * <p>Entry point: {@link io.covey.server.worker.WorkerRuntime}.
 */
package io.covey.server.worker;
