package io.covey.deploy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a finished command printed and returned. */
record CommandResult(int exitCode, String out, String err, long elapsedMs) {
    private static final Pattern SHA256 = Pattern.compile("\\b[0-9a-f]{64}\\b");

    CommandResult expect(int code) {
        assertEquals(code, exitCode, () -> "exit code; the command printed:\n" + this);
        return this;
    }

    CommandResult errContains(String text) {
        assertTrue(err.contains(text), () -> "stderr should contain '" + text + "'; the command printed:\n" + this);
        return this;
    }

    CommandResult outContains(String text) {
        assertTrue(out.contains(text), () -> "stdout should contain '" + text + "'; the command printed:\n" + this);
        return this;
    }

    /** The hash of the final weights, which every run prints. */
    String weightsSha256() {
        Matcher matcher = SHA256.matcher(out);
        String last = null;
        while (matcher.find()) {
            last = matcher.group();
        }
        assertTrue(last != null, () -> "no weights' SHA-256 in the output:\n" + this);
        return last;
    }

    @Override
    public String toString() {
        return "exit code " + exitCode + " after " + elapsedMs + " ms\n--- stdout\n" + out + "\n--- stderr\n" + err;
    }
}
