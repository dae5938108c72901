package io.covey.server.control;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(300)
class ClusterTimeoutsTest {
    @Test
    void shouldNameTheKeyAndTheLimit() {
        assertEquals(
                "(limit cluster.step_timeout = 60 s)",
                ClusterTimeouts.limit("step_timeout", ClusterTimeouts.STEP_DEFAULT_NS));
        assertEquals(
                "(limit cluster.connect_timeout = 0.25 s)",
                ClusterTimeouts.limit("connect_timeout", TimeUnit.MILLISECONDS.toNanos(250)));
        assertEquals("10.3 s", ClusterTimeouts.tenths(TimeUnit.MILLISECONDS.toNanos(10_340)));
    }

    @Test
    void shouldRefuseAHeartbeatTimeoutThatOneLateHeartbeatWouldBreak() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new ClusterTimeouts(1, 1, 1, TimeUnit.MILLISECONDS.toNanos(900), 1, 1));
        assertEquals(
                "cluster.heartbeat_timeout is 0.9 s, it must be at least 1 s: workers give a sign of life every 0.5 s",
                thrown.getMessage());
    }

    @Test
    void shouldRefuseATimeoutThatIsNotPositive() {
        long ns = TimeUnit.SECONDS.toNanos(1);
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new ClusterTimeouts(ns, 0, ns, ns, ns, ns));
        assertEquals("cluster.connect_timeout is 0 ns, it must be positive", thrown.getMessage());
    }
}
