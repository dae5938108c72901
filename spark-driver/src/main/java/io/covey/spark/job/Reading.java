package io.covey.spark.job;

/**
 * What the reading of one job needs besides its text.
 *
 * @param problems collects what is wrong
 * @param folder that relative paths start from: an absolute path or a URI
 * @param defaultName of the job
 */
record Reading(Problems problems, String folder, String defaultName) {}
