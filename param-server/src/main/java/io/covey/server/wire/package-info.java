/** Encodes what data frames carry; start at {@link io.covey.server.wire.ChunkCodec}. */
package io.covey.server.wire;
