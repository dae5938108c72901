package io.covey.trainer.data;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(30)
class SampleBlockBuilderTest {
    @Test
    void shouldPlaceRowsAsTheDealerSaysInAnyOrder() {
        DataPlan plan = new DataPlan(103, 10, 3, true, 4);
        SampleBlockBuilder builder = new SampleBlockBuilder(plan, 2, List.of(2, 0));
        for (int row = 102; row >= 0; row--) {
            builder.add(row, new byte[] {-1, (byte) row, (byte) -row}, 1, row);
        }
        List<SampleBlock> blocks = builder.build();
        assertEquals(2, blocks.size());
        DataPlan.Dealer dealer = plan.dealer();
        int found = 0;
        for (int row = 0; row < 103; row++) {
            if (dealer.shard(row) != 1) {
                SampleBlock block = blocks.get(dealer.shard(row) == 0 ? 0 : 1);
                int slot = (int) dealer.slot(row);
                assertEquals(row, block.labels()[slot]);
                assertArrayEquals(
                        new byte[] {(byte) row, (byte) -row},
                        new byte[] {block.data()[2 * slot], block.data()[2 * slot + 1]});
                found++;
            }
        }
        assertEquals(blocks.get(0).rows() + blocks.get(1).rows(), found);
    }

    @Test
    void shouldRefuseMissingAndDoubleRows() {
        SampleBlockBuilder builder = new SampleBlockBuilder(new DataPlan(2, 2, 1, false, 1), 1, List.of(0));
        builder.add(1, new byte[1], 0, 0);
        assertThrows(IllegalStateException.class, builder::build);
        assertThrows(IllegalStateException.class, () -> builder.add(1, new byte[1], 0, 0));
    }
}
