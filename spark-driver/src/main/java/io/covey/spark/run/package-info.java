/**
 * Runs jobs on Spark.
 *
 * <p>Entry point: {@link io.covey.spark.run.SparkJobRunner}.
 */
package io.covey.spark.run;
