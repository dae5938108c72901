package io.covey.trainer.callbacks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class CallbackListTest {
    private final List<String> calls = new ArrayList<>();

    @Test
    void shouldCallInOrderWhenThereAreSeveral() {
        CallbackList list = new CallbackList(List.of(new Counter("a"), new Counter("b")));
        list.onEpochBegin(0);
        list.onTrainBatch(0, Map.of());
        assertEquals(List.of("a epoch 0", "b epoch 0", "a begin 0", "b begin 0", "a end 0", "b end 0"), calls);
    }

    @Test
    void shouldKeepStatesApartWhenNamesAreEqual() {
        Counter first = new Counter("a");
        Counter second = new Counter("b");
        CallbackList list = new CallbackList(List.of(first, second, new History()));
        first.count = 5;
        second.count = 6;

        Map<String, Map<String, String>> states = list.states();
        assertEquals(Map.of("Counter", Map.of("count", "5"), "Counter_1", Map.of("count", "6")), states);

        first.count = 0;
        second.count = 0;
        list.restore(states);
        assertEquals(5, first.count);
        assertEquals(6, second.count);
    }

    @Test
    void shouldSayWhetherBatchesAreHeardWhenAClassOverridesTheirHooks() {
        assertFalse(new CallbackList(List.of(new History())).hearsBatches());
        assertFalse(
                new CallbackList(List.of(new ProgressPrinter(System.out, false, 80, System::nanoTime))).hearsBatches());
        assertTrue(new CallbackList(List.of(new Counter("a"), new History())).hearsBatches());
        assertTrue(
                new Callback() {
                    @Override
                    public void onTestBatchEnd(long batch, Map<String, Double> logs) {}
                }.hearsBatches());
    }

    private final class Counter implements Callback {
        private final String id;
        private int count;

        private Counter(String id) {
            this.id = id;
        }

        @Override
        public void onEpochBegin(int epoch) {
            calls.add(id + " epoch " + epoch);
        }

        @Override
        public void onTrainBatchBegin(long batch) {
            calls.add(id + " begin " + batch);
        }

        @Override
        public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
            calls.add(id + " end " + batch);
        }

        @Override
        public Map<String, String> state() {
            return Map.of("count", Integer.toString(count));
        }

        @Override
        public void restore(Map<String, String> state) {
            count = Integer.parseInt(state.get("count"));
        }
    }
}
