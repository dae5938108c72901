/**
 * The way of gradients to server shards and of parameters back, chunk by chunk.
 *
 * <p>Entry point: {@link io.covey.server.exchange.ParameterServerClient}, one per worker; it runs the
 * {@link io.covey.server.exchange.ShardServer}s that its worker hosts.
 */
package io.covey.server.exchange;
