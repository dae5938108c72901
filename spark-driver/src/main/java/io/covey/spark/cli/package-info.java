/**
 * The command line. Commands write results to standard output and problems to standard error.
 *
 * <p>Entry points: {@link io.covey.spark.cli.Main}, and {@link io.covey.spark.cli.Covey}, where commands are added.
 */
package io.covey.spark.cli;
