package io.covey.trainer.engine;

/** What a buffer of a program is for, which decides when others may use its memory. */
public enum Role {
    /** Written forward; what was made or read by layers that run backward stays until they have. */
    VALUE,
    /** The numbers of a value once more, in another format or order; stays as long. */
    COPY,
    /** Used by one layer only, anew in forward and in backward; keeps nothing in between. */
    SCRATCH,
    /** Written backward, by the last layer that read the value first, and read last by the layer that made the value. */
    GRADIENT
}
