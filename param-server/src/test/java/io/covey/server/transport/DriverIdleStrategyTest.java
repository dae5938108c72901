package io.covey.server.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(30)
class DriverIdleStrategyTest {
    private final List<Long> rests = new ArrayList<>();
    private final List<Integer> networkIdles = new ArrayList<>();
    private final DriverIdleStrategy strategy = new DriverIdleStrategy(rests::add, new NetworkIdles());

    /** Does not rest, but remembers that it was to. */
    private final class NetworkIdles implements IdleStrategy {
        @Override
        public void idle(int workCount) {
            networkIdles.add(workCount);
        }

        @Override
        public void idle() {
            idle(0);
        }

        @Override
        public void reset() {}
    }

    private void idle(int... workCounts) {
        for (int workCount : workCounts) {
            strategy.idle(workCount);
        }
    }

    @Test
    void shouldRestLongWhenNobodyCalls() {
        idle(0, 0);
        assertEquals(List.of(DriverIdleStrategy.REST_NS, DriverIdleStrategy.REST_NS), rests);
        assertEquals(List.of(), networkIdles);
    }

    @Test
    void shouldNotRestWhenThereIsWork() {
        idle(1, 2);
        assertEquals(List.of(), rests);
    }

    @Test
    void shouldRestBrieflyOnceWhenCalledWhileAwake() {
        strategy.wake();
        idle(0, 0);
        assertEquals(List.of(DriverIdleStrategy.DEMAND_PARK_NS, DriverIdleStrategy.REST_NS), rests);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndTheRestWhenCalledMeanwhile(boolean toServeNetwork) throws InterruptedException {
        CountDownLatch resting = new CountDownLatch(1);
        DriverIdleStrategy endless = new DriverIdleStrategy(
                ns -> {
                    resting.countDown();
                    LockSupport.park();
                },
                new NetworkIdles());
        Thread driver = new Thread(() -> endless.idle(0), "driver");
        driver.setDaemon(true);
        driver.start();
        resting.await();
        if (toServeNetwork) {
            endless.serveNetwork();
        } else {
            endless.wake();
        }
        driver.join();
    }

    @Test
    void shouldRestAsTheNetworkNeedsWhenThereIsOne() {
        strategy.serveNetwork();
        idle(0, 3, 0);
        assertEquals(List.of(), rests);
        assertEquals(List.of(0, 3, 0), networkIdles);
    }
}
