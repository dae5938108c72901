/**
 * What a worker and a server shard have in common: settings, modes, who contributes what, and vectors that both use.
 *
 * <p>Entry point: {@link io.covey.server.exchange.ExchangeConfig}.
 */
package io.covey.server.exchange;
