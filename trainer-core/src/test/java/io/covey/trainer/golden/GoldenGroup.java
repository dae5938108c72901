package io.covey.trainer.golden;

/** Checks the cases of one group. */
@FunctionalInterface
interface GoldenGroup {
    /**
     * Compares Covey with a recorded case. Reads every field of the manifest (those that say nothing about results through
     * {@link GoldenCase#skip}), since a field that nobody reads fails the case.
     *
     * @param checks receives every comparison
     */
    void verify(GoldenCase golden, Checks checks) throws Exception;
}
