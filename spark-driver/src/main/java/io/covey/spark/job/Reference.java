package io.covey.spark.job;

/** The table of all keys for the README. */
final class Reference {
    private final StringBuilder table = new StringBuilder();

    private Reference() {}

    /** A Markdown table: key, value, default, whether a resume may change it, meaning. */
    static String markdown() {
        Reference reference = new Reference();
        reference.table.append("| Key | Value | Default | Resume | Meaning |\n|---|---|---|---|---|\n");
        reference.section("", JobSchema.JOB, false);
        return reference.table.toString();
    }

    private <R> void section(String path, Section<R> section, boolean mayChange) {
        for (Key<R, ?> key : section.keys()) {
            boolean changeable = mayChange || key.mayChange();
            String keyPath = KeyPath.child(path, key.name());
            if (key.type() instanceof Section<?> child) {
                if (key.absence() != Key.Absence.EMPTY_SECTION) {
                    row(keyPath, child.label(), key.defaultText(), changeable, key.doc());
                }
                section(keyPath, child, changeable);
                continue;
            }
            row(keyPath, key.type().label(), key.defaultText(), changeable, key.doc());
        }
    }

    private void row(String path, String value, String defaultText, boolean mayChange, String doc) {
        table.append("| `")
                .append(path)
                .append("` | ")
                .append(value)
                .append(" | ")
                .append(defaultText)
                .append(" | ")
                .append(mayChange ? "may change" : "fixed")
                .append(" | ")
                .append(doc)
                .append(" |\n");
    }
}
