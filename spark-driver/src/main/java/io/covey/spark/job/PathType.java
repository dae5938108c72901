package io.covey.spark.job;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A file or folder: a path, taken relative to the job file's folder, or a Hadoop URI, which stays as it is. */
record PathType() implements Type<String> {
    private static final Pattern URI = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*", Pattern.DOTALL);

    @Override
    public String label() {
        return "path or URI";
    }

    @Override
    public String read(YamlNode node, String path, Reading reading) {
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.text().isBlank()) {
            reading.problems().add(path, "is " + node.shown() + ", wanted a path or a URI");
            return null;
        }
        try {
            return resolve(reading.folder(), scalar.text());
        } catch (InvalidPathException e) {
            reading.problems().add(path, "is no path: " + e.getReason());
            return null;
        }
    }

    /** The canonical form is the file's name: the same data may lie elsewhere at a resume. */
    @Override
    public Object write(String value, Form form) {
        return form == Form.YAML ? value : value.substring(value.lastIndexOf('/') + 1);
    }

    /**
     * A file's absolute path or URI.
     *
     * @param folder an absolute path or a URI
     */
    static String resolve(String folder, String file) {
        if (isUri(file)) {
            return file;
        }
        if (isUri(folder)) {
            return file.startsWith("/") ? file : folder + (folder.endsWith("/") ? "" : "/") + file;
        }
        return Path.of(folder).resolve(file).normalize().toString();
    }

    private static boolean isUri(String file) {
        return URI.matcher(file).matches();
    }
}
