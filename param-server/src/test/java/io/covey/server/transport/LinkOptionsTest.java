package io.covey.server.transport;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(120)
class LinkOptionsTest {
    @Test
    void shouldGiveUpNoProcessLongBeforeTheHeartbeatTimeout() {
        LinkOptions options = LinkOptions.defaults().withHeartbeatTimeout(TimeUnit.SECONDS.toNanos(60));
        assertEquals(TimeUnit.SECONDS.toNanos(60), options.silenceNs());
        assertEquals(TimeUnit.SECONDS.toNanos(30), options.stallNs());
    }

    @Test
    void shouldKeepTheDefaultsWhenTheHeartbeatTimeoutIsShort() {
        assertEquals(LinkOptions.defaults(), LinkOptions.defaults().withHeartbeatTimeout(TimeUnit.SECONDS.toNanos(1)));
    }
}
