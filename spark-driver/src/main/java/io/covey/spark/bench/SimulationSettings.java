package io.covey.spark.bench;

import io.covey.trainer.CoveyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code covey bench --simulate} was asked for.
 *
 * @param model whose training is simulated
 * @param batch samples per worker and step
 * @param workers numbers of workers
 * @param networks what connects them
 * @param mtu longest UDP payload
 * @param check numbers of worker processes to measure beside the prediction
 */
record SimulationSettings(
        BenchModel model,
        int batch,
        List<Integer> workers,
        List<SimulatedNetwork> networks,
        int mtu,
        List<Integer> check) {
    private static final List<String> KEYS =
            List.of("workers", "network", "model", "batch", "mtu", "round_trip_us", "check");
    private static final int WORKERS_MAX = 1 << 20;
    private static final int MTU_DEFAULT = 1408;
    private static final int MTU_MIN = 256;
    private static final int MTU_MAX = 65_504;
    private static final int ROUND_TRIP_US_DEFAULT = 50;

    /** Reads {@code key=value} settings. */
    static SimulationSettings parse(List<String> settings) {
        for (String setting : settings) {
            if (!KEYS.contains(setting.split("=", 2)[0]) || !setting.contains("=")) {
                throw CoveyException.caller(
                        "--simulate does not take " + setting + ", it takes KEY=VALUE with the keys " + KEYS);
            }
        }
        double roundTrip = integer(settings, "round_trip_us", ROUND_TRIP_US_DEFAULT, 0, Integer.MAX_VALUE) * 1e-6;
        List<SimulatedNetwork> networks = Arrays.stream(
                        value(settings, "network", "10G|25G|100G").split("[|,]"))
                .map(name -> SimulatedNetwork.of(name, roundTrip))
                .toList();
        return new SimulationSettings(
                BenchModel.named(value(settings, "model", "M1")),
                integer(settings, "batch", 32, 1, Integer.MAX_VALUE),
                counts("workers", value(settings, "workers", "2..1024")),
                networks,
                integer(settings, "mtu", MTU_DEFAULT, MTU_MIN, MTU_MAX),
                value(settings, "check", "").isEmpty() ? List.of() : counts("check", value(settings, "check", "")));
    }

    private static String value(List<String> settings, String key, String otherwise) {
        String value = otherwise;
        for (String setting : settings) {
            if (setting.startsWith(key + "=")) {
                value = setting.substring(key.length() + 1);
            }
        }
        return value;
    }

    private static int integer(List<String> settings, String key, int otherwise, int min, int max) {
        return integer(key, value(settings, key, Integer.toString(otherwise)), min, max);
    }

    private static int integer(String key, String text, int min, int max) {
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw CoveyException.caller("--simulate " + key + "=" + text + ": not a whole number", e);
        }
        throw CoveyException.caller("--simulate " + key + "=" + text + ": it must be in [" + min + ", " + max + "]");
    }

    /** {@code 2..16} is 2, 4, 8, 16; {@code 1,3} is 1, 3. */
    private static List<Integer> counts(String key, String text) {
        int dots = text.indexOf("..");
        if (dots < 0) {
            return Arrays.stream(text.split("[|,]"))
                    .map(count -> integer(key, count, 1, WORKERS_MAX))
                    .toList();
        }
        int first = integer(key, text.substring(0, dots), 1, WORKERS_MAX);
        int last = integer(key, text.substring(dots + 2), first, WORKERS_MAX);
        List<Integer> counts = new ArrayList<>();
        for (int count = first; count <= last; count *= 2) {
            counts.add(count);
        }
        return counts;
    }
}
