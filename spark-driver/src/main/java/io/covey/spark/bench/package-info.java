/**
 * {@code covey bench}: how fast Covey trains the reference models, alone or beside other engines.
 *
 * <p>Entry point: {@link io.covey.spark.bench.BenchCommand}.
 */
package io.covey.spark.bench;
