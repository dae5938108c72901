/**
 * Training data and workers as Spark RDDs.
 *
 * <p>Entry points: {@link io.covey.spark.data.ShardLoader} (the input RDD's partitions: one virtual shard each) and
 * {@link io.covey.spark.data.WorkerRdd} (the one stage of long-running worker tasks that reads them).
 */
package io.covey.spark.data;
