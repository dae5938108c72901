package io.covey.server.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Hosts in network namespaces of this machine, each with its own memory-mapped files, and a switch between them on which
 * packets can be lost. Nothing leaves the machine.
 */
final class Namespaces implements AutoCloseable {
    /** Where every process receives UDP. */
    static final int PORT = 4000;

    private static final long COMMAND_TIMEOUT_S = 120;
    private static final Path NAMES = Path.of("/run/netns");
    private static final Pattern OURS = Pattern.compile("covey(\\d+)(s|h\\d+)");

    private final String prefix = "covey" + ProcessHandle.current().pid();
    private final List<String> names = new ArrayList<>();

    /** Makes {@code hosts} hosts and a switch. */
    Namespaces(int hosts) throws IOException, InterruptedException {
        sweep();
        try {
            add(switchName());
            ip("netns", "exec", switchName(), "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
            for (int h = 0; h < hosts; h++) {
                String host = host(h);
                String port = "port" + h;
                add(host);
                ip("link", "add", port, "netns", switchName(), "type", "veth", "peer", "name", "eth0", "netns", host);
                ip("-n", switchName(), "addr", "add", gateway(h) + "/24", "dev", port);
                ip("-n", switchName(), "link", "set", port, "up");
                ip("-n", host, "addr", "add", address(h) + "/24", "dev", "eth0");
                ip("-n", host, "link", "set", "eth0", "up");
                ip("-n", host, "link", "set", "lo", "up");
                ip("-n", host, "route", "add", "default", "via", gateway(h));
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Removes what killed test runs have left. */
    private static void sweep() throws IOException, InterruptedException {
        if (Files.isDirectory(NAMES)) {
            List<String> left;
            try (Stream<Path> all = Files.list(NAMES)) {
                left = all.map(path -> path.getFileName().toString()).toList();
            }
            for (String name : left) {
                Matcher matcher = OURS.matcher(name);
                if (matcher.matches()
                        && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                    ip("netns", "del", name);
                }
            }
        }
    }

    /** Why namespaces cannot be made here; null if they can. */
    static String obstacle() throws InterruptedException {
        try (Namespaces probe = new Namespaces(1)) {
            probe.rules("");
            run(new ProcessBuilder(probe.within(0, Path.of("/mnt"), "8m", "true")), "");
            return null;
        } catch (IOException | IllegalStateException e) {
            return e.getMessage();
        }
    }

    /** Address of a host. */
    static String address(int host) {
        return "10.199." + (host + 1) + ".2";
    }

    private static String gateway(int host) {
        return "10.199." + (host + 1) + ".1";
    }

    /** Replaces the switch's rules by {@code chains} of nftables. */
    void rules(String chains) throws IOException, InterruptedException {
        String table = "table ip covey\ndelete table ip covey\ntable ip covey {\n" + chains + "\n}\n";
        run(new ProcessBuilder("ip", "netns", "exec", switchName(), "nft", "-f", "-"), table);
    }

    /** A rule for all that passes the switch. */
    void passing(String rule) throws IOException, InterruptedException {
        rules("chain passing {\n type filter hook forward priority 0;\n " + rule + "\n}");
    }

    /** A command on a host that sees a small file system of its own in {@code directory}. */
    List<String> within(int host, Path directory, String size, String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", host(host), "unshare", "-m", "sh", "-c"));
        all.addAll(List.of("mount -t tmpfs -o size=" + size + " covey \"$0\" && exec \"$@\"", directory.toString()));
        all.addAll(Arrays.asList(command));
        return all;
    }

    /** A command on the switch. */
    List<String> onSwitch(String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", switchName()));
        all.addAll(Arrays.asList(command));
        return all;
    }

    private String host(int number) {
        return prefix + "h" + number;
    }

    private String switchName() {
        return prefix + "s";
    }

    private void add(String name) throws IOException, InterruptedException {
        ip("netns", "add", name);
        names.add(name);
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments));
        run(new ProcessBuilder(command), "");
    }

    private static void run(ProcessBuilder builder, String input) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(COMMAND_TIMEOUT_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", builder.command()) + ": " + output);
        }
    }

    @Override
    public void close() {
        for (String name : names) {
            try {
                ip("netns", "del", name);
            } catch (IOException | IllegalStateException e) {
                throw new AssertionError("namespace " + name + " is left behind", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
