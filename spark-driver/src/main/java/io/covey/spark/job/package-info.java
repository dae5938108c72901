/**
 * The job file: its schema, its reading and checking, and the settings that come out of it.
 *
 * <p>Entry points: {@link io.covey.spark.job.JobFile} reads a {@link io.covey.spark.job.JobConfig}; the keys stand in
 * {@link io.covey.spark.job.JobSchema}.
 */
package io.covey.spark.job;
