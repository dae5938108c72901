package io.covey.trainer.checkpoint;

import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;

/** The files of a bundle. */
final class BundleFiles {
    static final String INDEX_SUFFIX = ".index";

    private static final Pattern DATA_SUFFIX = Pattern.compile("\\.data-\\d{5,}-of-\\d{5,}");

    private BundleFiles() {}

    static String index(String prefix) {
        return prefix + INDEX_SUFFIX;
    }

    static String data(String prefix, int shard, int shards) {
        return String.format(Locale.ROOT, "%s.data-%05d-of-%05d", prefix, shard, shards);
    }

    /** Whether {@code name} is one of the data files of the bundle {@code prefix}; both are names in one directory. */
    static boolean isData(String prefix, String name) {
        return name.startsWith(prefix)
                && DATA_SUFFIX.matcher(name.substring(prefix.length())).matches();
    }

    /** Deletes the bundle {@code prefix}: its index first, so that it never looks whole while data are missing. */
    static void delete(FileStore store, String prefix) throws IOException {
        store.delete(index(prefix));
        String directory = directory(prefix);
        for (String name : store.list(directory)) {
            if (isData(name(prefix), name)) {
                store.delete(directory + "/" + name);
            }
        }
    }

    /** Directory in which one attempt to save {@code prefix} gathers its parts. */
    static String tempDirectory(String prefix, String attempt) {
        return prefix + "_temp-" + attempt;
    }

    /** Prefix of the bundle that one shard writes. */
    static String part(String prefix, String attempt, int part, int parts) {
        return tempDirectory(prefix, attempt) + String.format(Locale.ROOT, "/part-%05d-of-%05d", part, parts);
    }

    /** Directory of {@code path}, {@code .} if it names none. */
    static String directory(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
    }

    /** Last name of {@code path}. */
    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
