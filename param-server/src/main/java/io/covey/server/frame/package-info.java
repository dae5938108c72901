/**
 * How numbers travel: the frames of the data streams, how long they are, who may send them, and how a range is cut into them.
 * Knows neither what the numbers mean nor who waits for them.
 *
 * <p>Start at {@link io.covey.server.frame.FrameHeader}.
 */
package io.covey.server.frame;
