package io.covey.spark.job;

/** Paths of keys, for example {@code model.sequential.1.dense.units}. */
final class KeyPath {
    private KeyPath() {}

    /** The path of {@code key} in the section or list at {@code path}. */
    static String child(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
