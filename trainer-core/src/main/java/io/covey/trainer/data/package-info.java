/**
 * Training data as packed blocks, and which row is trained when.
 *
 * <p>Entry points: {@link io.covey.trainer.data.DataPlan} (the order of the rows), {@link io.covey.trainer.data.SampleBlock}
 * (rows in memory) and {@link io.covey.trainer.data.IdxFile} (MNIST's file format).
 */
package io.covey.trainer.data;
