package io.covey.spark.cli;

import io.covey.server.control.ProductVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "covey " + ProductVersion.current(),
            "Java " + Runtime.version() + " (" + System.getProperty("java.home") + ")"
        };
    }
}
