package io.covey.server.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/** The version of this process' own copy of the parameter server, as its jar says. */
public final class ProductVersion {
    private static final String RESOURCE = "/META-INF/maven/io.covey/param-server/pom.properties";
    private static final String UNPACKED = "development";

    private ProductVersion() {}

    /** For example {@code 0.1.0}; {@code development} when the classes do not come from a jar. */
    public static String current() {
        try (InputStream in = ProductVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                return UNPACKED;
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", UNPACKED);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    /** What a checkpoint says about who wrote it. */
    public static Map<String, String> versions() {
        return Map.of("covey", current(), "java", System.getProperty("java.version"));
    }
}
