package io.covey.trainer.checkpoint;

import java.util.List;

/** The text of a directory's {@code checkpoint} file, for tests of other packages. */
public final class StateText {
    private StateText() {}

    /** The newest checkpoint, then all of them; empty for a text that is none. */
    public static List<List<String>> checkpoints(String text) {
        try {
            CheckpointState state = CheckpointState.decode(text);
            return List.of(List.of(state.newest()), state.all());
        } catch (MalformedException e) {
            return List.of();
        }
    }
}
