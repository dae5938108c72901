/**
 * The parity suite: every case under a folder of cases recorded from real Keras is discovered and checked.
 *
 * <p>Entry point: {@link io.covey.trainer.golden.GoldenTest}; one {@link io.covey.trainer.golden.GoldenGroup} per group.
 */
package io.covey.trainer.golden;
