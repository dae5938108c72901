/**
 * The worker's side of the exchange: gradients to the server shards and parameters back, chunk by chunk.
 *
 * <p>Entry point: {@link io.covey.server.client.WorkerExchange}, one per worker; it also drives the server shards that its worker
 * hosts.
 */
package io.covey.server.client;
