package io.covey.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.regex.Pattern;

/** Says what is wrong with a file. */
public final class FileProblem {
    private static final Pattern FULL = Pattern.compile("No space left on device|quota", Pattern.CASE_INSENSITIVE);

    private FileProblem() {}

    /** The error in words: the message of many of {@code java.nio}'s is the bare path, and the reason is in their type. */
    public static String of(IOException e) {
        if (e.getMessage() == null) {
            return e.toString();
        }
        if (FULL.matcher(e.getMessage()).find()) {
            return e.getMessage() + ": make room there, or choose a folder on another disk";
        }
        if (!(e instanceof FileSystemException file) || file.getReason() != null) {
            return e.getMessage();
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied: " + file.getFile();
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or folder: " + file.getFile();
        }
        if (e instanceof NotDirectoryException || e instanceof FileAlreadyExistsException) {
            return "no folder, but a file: " + file.getFile();
        }
        return e.toString();
    }
}
