/**
 * The media driver of a worker process, its directory in shared memory, and the channels between workers.
 *
 * <p>Entry point: {@link io.covey.server.transport.TransportNode}.
 */
package io.covey.server.transport;
