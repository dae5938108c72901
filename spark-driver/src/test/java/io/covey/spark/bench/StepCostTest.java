package io.covey.spark.bench;

import io.covey.trainer.CoveyException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class StepCostTest {
    private static final double EPSILON = 1e-12;
    /** 100 MB of parameters, 80 ms of computing. */
    private static final StepCost COST = new StepCost(0.08, 0, 0.02, 100e6, 1e-4, 1e-10, 2e-6, 8192, 2, 1);

    private static final SimulatedNetwork HOST = SimulatedNetwork.of("host", 1);
    private static final SimulatedNetwork TEN_G = SimulatedNetwork.of("10G", 50e-6);

    @Test
    void shouldBeComputeAndUpdateWhenThereIsOneWorker() {
        assertEquals(0.1, COST.step(1, TEN_G).total(), EPSILON);
        assertEquals(0.1, COST.step(1, HOST).total(), EPSILON);
        assertEquals(1, COST.efficiency(1, TEN_G), EPSILON);
        assertEquals("compute", COST.step(1, TEN_G).limit());
    }

    @Test
    void shouldSendHalfOfTheParametersTwiceWhenThereAreTwoWorkers() {
        StepCost.Step step = COST.step(2, TEN_G);
        // 2 x 50 MB of payload, 12,304 packets of 8128 bytes of payload with 130 bytes of headers, 1.25 GB/s.
        assertEquals((100e6 + 12_304 * 130.0) / 1.25e9, step.network(), EPSILON);
        assertEquals(12_304 * 2e-6, step.driver(), EPSILON);
        assertEquals(50e6 * 1e-10 + 0.01, step.processor(), EPSILON);
        assertEquals(150e-6, step.round(), EPSILON);
        assertEquals(0.08 + 150e-6 + step.network(), step.total(), EPSILON);
    }

    @Test
    void shouldApproachTwiceTheParametersOnTheWireWhenWorkersAreMany() {
        double network = COST.step(1024, TEN_G).network();
        assertTrue(network > 0.16 && network < 0.18, "network " + network);
        assertEquals("network", COST.step(1024, TEN_G).limit());
        assertEquals("compute", COST.step(1024, SimulatedNetwork.of("100G", 0)).limit());
    }

    @Test
    void shouldShareTheCoresWhenWorkersAreOnOneHost() {
        assertEquals(0.08, COST.step(2, HOST).compute(), EPSILON);
        assertEquals(0.16, COST.step(4, HOST).compute(), EPSILON);
        assertEquals(0, COST.step(4, HOST).network(), EPSILON);
        assertEquals(0, COST.step(4, HOST).driver(), EPSILON);
    }

    @Test
    void shouldSlowDownWhenAllCoresCompute() {
        StepCost crowded = new StepCost(0.08, 0, 0.02, 100e6, 1e-4, 1e-10, 2e-6, 8192, 3, 1.5);
        assertEquals(0.08, crowded.step(1, HOST).compute(), EPSILON);
        assertEquals(0.10, crowded.step(2, HOST).compute(), EPSILON);
        assertEquals(0.12, crowded.step(3, HOST).compute(), EPSILON);
        assertEquals(0.24, crowded.step(6, HOST).compute(), EPSILON);
        assertEquals(0.08, crowded.step(6, TEN_G).compute(), EPSILON);
    }

    @Test
    void shouldPredictTheStepWhoseCrowdingWasMeasured() {
        for (int cores : new int[] {1, 2, 8}) {
            StepCost cost = new StepCost(0.08, 0.001, 0.02, 100e6, 1e-4, 1e-10, 2e-6, 8192, cores, 1);
            StepCost crowded = cost.withCrowdingOf(2, 0.3);
            assertEquals(0.3, crowded.step(2, HOST).total(), EPSILON, cores + " cores");
            assertEquals(cost.step(1, HOST).total(), crowded.step(1, HOST).total(), EPSILON);
            assertEquals(cost.step(64, TEN_G).total(), crowded.step(64, TEN_G).total(), EPSILON);
        }
    }

    @Test
    void shouldWaitForTheSlowestWhenStepsVary() {
        StepCost varying = new StepCost(0.08, 0.01, 0, 0, 0, 0, 0, 8192, 2, 1);
        assertEquals(0.01 * Math.sqrt(2 * Math.log(64)), varying.step(64, TEN_G).straggler(), EPSILON);
        assertEquals(0, varying.step(1, TEN_G).straggler(), EPSILON);
    }

    /** Four steps in turn on a core vary twice as much as one; the slower of two cores counts. */
    @Test
    void shouldWaitForTheSlowestCoreWhenWorkersTakeTurns() {
        StepCost varying = new StepCost(0.08, 0.01, 0, 0, 0, 0, 0, 8192, 2, 1);
        assertEquals(
                2 * 0.01 * Math.sqrt(2 * Math.log(2)), varying.step(8, HOST).straggler(), EPSILON);
        assertEquals(0.32, varying.step(8, HOST).compute(), EPSILON);
    }

    @Test
    void shouldDoubleWorkersWhenARangeIsGiven() {
        SimulationSettings settings =
                SimulationSettings.parse(List.of("workers=2..16", "network=10G|500M,host", "model=M2", "check=1,2"));
        assertEquals(List.of(2, 4, 8, 16), settings.workers());
        assertEquals(
                List.of(1.25e9, 62.5e6, Double.POSITIVE_INFINITY),
                settings.networks().stream()
                        .map(SimulatedNetwork::bytesPerSecond)
                        .toList());
        assertEquals(BenchModel.M2, settings.model());
        assertEquals(List.of(1, 2), settings.check());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "workers",
                "worker=2",
                "workers=0",
                "workers=4..2",
                "network=fast",
                "network=0G",
                "mtu=1",
                "model=M9",
                "batch=x",
                "check=0"
            })
    void shouldNameWhatIsWrongWhenASettingIs(String setting) {
        CoveyException e = assertThrows(CoveyException.class, () -> SimulationSettings.parse(List.of(setting)));
        assertTrue(
                e.getMessage()
                        .contains(setting.substring(setting.indexOf('=') + 1).replaceFirst("\\.\\..*", "")),
                e.getMessage());
    }
}
