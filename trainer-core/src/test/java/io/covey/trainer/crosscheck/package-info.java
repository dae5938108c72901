/**
 * Compares oneDNN's form of an operation with Deeplearning4j's, on random shapes and arguments.
 *
 * <p>Entry point: {@link io.covey.trainer.crosscheck.BothFormsTest}.
 */
package io.covey.trainer.crosscheck;
