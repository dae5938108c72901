package io.covey.trainer.engine.attention;

import io.covey.trainer.engine.Tensor;
import java.nio.FloatBuffer;
import java.util.List;

/** Which places of the value a step of the query does not see. */
final class PlaceMask {
    /** What a masked place's score becomes. */
    enum Kind {
        /** Less by 1e9; of a step that sees nothing the places keep what is left of their scores. */
        LOWERED,
        /** A constant: a step that sees nothing weighs all places alike. */
        REPLACED,
        /** Its weight is 0, also of a step that sees nothing. */
        DROPPED
    }

    private final Kind kind;
    private final boolean causal;
    private final int window;
    private final int steps;
    private final int places;
    private final FloatBuffer ofSteps;
    private final FloatBuffer[] ofPlaces;

    /**
     * A mask.
     *
     * @param causal a step sees no later place
     * @param window a step sees places nearer than this; 0 for all
     * @param ofSteps (samples, steps), 0 for a step that sees nothing; null where all count
     * @param ofPlaces (samples, places), all of which must let a place count; none where all do
     */
    PlaceMask(Kind kind, boolean causal, int window, int steps, int places, Tensor ofSteps, List<Tensor> ofPlaces) {
        this.kind = kind;
        this.causal = causal;
        this.window = window;
        this.steps = steps;
        this.places = places;
        this.ofSteps = ofSteps == null ? null : ofSteps.values().buffer();
        this.ofPlaces = ofPlaces.stream().map(mask -> mask.values().buffer()).toArray(FloatBuffer[]::new);
    }

    Kind kind() {
        return kind;
    }

    /** Whether any place can be masked. */
    boolean exists() {
        return causal || window > 0 || ofSteps != null || ofPlaces.length > 0;
    }

    boolean isMasked(int sample, int step, int place) {
        boolean masked = (causal && place > step)
                || (window > 0 && Math.abs(place - step) >= window)
                || (ofSteps != null && ofSteps.get(sample * steps + step) == 0f);
        for (FloatBuffer mask : ofPlaces) {
            masked |= mask.get(sample * places + place) == 0f;
        }
        return masked;
    }
}
