package io.covey.server.shard;

import io.covey.server.frame.ChunkedRange;
import io.covey.server.frame.FrameHeader;
import io.covey.server.frame.FramePublication;
import io.covey.trainer.memory.NativeFloats;

/** What a {@link RelaxedShard} sends one worker that has asked for parameters. */
record ParameterAnswer(FramePublication publication, ChunkedRange range, NativeFloats parameters)
        implements ReadDesk.Answer {
    @Override
    public boolean tryProbe() {
        return publication.tryPublish(FrameHeader.PROBE, 0, 0, 0, 0, 0, 0f, parameters.address(0), range.length(0));
    }

    @Override
    public boolean trySend(int chunk, long step, int lead, boolean last) {
        return publication.tryPublish(
                FrameHeader.PARAMETERS,
                last ? FrameHeader.LAST_STEP : 0,
                step,
                lead,
                chunk,
                0,
                0f,
                parameters.address(range.start(chunk)),
                range.length(chunk));
    }

    @Override
    public void close() {
        publication.close();
    }
}
