package io.covey.spark.job;

/**
 * Where a part of a job was written: a line of its file or an option of the command line.
 *
 * @param source file name, or the whole option
 * @param line from 1, or {@link #OPTION}
 */
record Origin(String source, int line) {
    /** The line of options: after all lines of the file, as they are applied after it. */
    static final int OPTION = Integer.MAX_VALUE;

    static Origin option(String assignment) {
        return new Origin("--set " + assignment, OPTION);
    }

    @Override
    public String toString() {
        return line == OPTION ? source : source + ":" + line;
    }
}
