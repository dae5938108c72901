package io.covey.trainer.callbacks;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** Values as Python's {@code str} and {@code print} show them. */
final class PythonText {
    private PythonText() {}

    /** Prints a line, ended by a single newline on every system. */
    static void print(PrintStream out, String line) {
        out.print(line + '\n');
        out.flush();
    }

    /**
     * {@code str(value)}: a {@link Float} is NumPy's float32, lists are Python's.
     *
     * @throws IllegalArgumentException for a type that has no counterpart
     */
    static String str(Object value) {
        if (value instanceof Double number) {
            return PythonFloat.repr(number);
        }
        if (value instanceof Float number) {
            return PythonFloat.repr(number);
        }
        if (value instanceof Integer || value instanceof Long || value instanceof String) {
            return value.toString();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(PythonText::str).collect(Collectors.joining(", ", "[", "]"));
        }
        throw new IllegalArgumentException("a value of " + value.getClass() + " cannot be printed as Python does");
    }
}
