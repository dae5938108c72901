package io.covey.trainer.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Numbered prefixes, and which of them were committed. */
final class CheckpointLog implements CheckpointNames {
    final List<String> committed = new ArrayList<>();
    private int next;

    @Override
    public String nextPrefix() {
        return String.format(Locale.ROOT, "ckpt-%03d", next++);
    }

    @Override
    public void committed(String prefix) {
        committed.add(prefix);
    }

    CheckpointOptions every(long every, CheckpointOptions.Unit unit) {
        return every(every, unit, TimeUnit.SECONDS.toNanos(20));
    }

    CheckpointOptions every(long every, CheckpointOptions.Unit unit, long timeoutNs) {
        return new CheckpointOptions(this, every, unit, timeoutNs, "hash", Map.of("covey", "test"));
    }
}
