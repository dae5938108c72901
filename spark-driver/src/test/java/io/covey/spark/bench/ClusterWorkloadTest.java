package io.covey.spark.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class ClusterWorkloadTest {
    @Test
    void shouldGiveTheBitsOfOneProcessWhenWorkersAreProcesses() {
        String single;
        try (SingleWorkload workload = new SingleWorkload(BenchModel.M1, 64, 2)) {
            workload.run(40);
            single = workload.weightsSha256();
        }
        try (Workload workload = Workloads.of("dist", 2, 1).create("M1", 32)) {
            Workload.Measurement done = workload.run(40);
            assertEquals(40, done.steps());
            assertEquals(single, workload.weightsSha256());
        }
    }

    @Test
    void shouldExchangeVectorsWithoutAModel() {
        try (Workload workload = Workloads.of("allreduce", 2, 1).create("allreduce:100000", 0)) {
            assertTrue(workload.run(20).elapsedNs() > 0);
        }
    }
}
