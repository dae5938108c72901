package io.covey.server.coordinator;

import io.covey.server.control.ErrorReport;
import io.covey.server.control.WorkerMessage;
import io.covey.server.control.WorkerMessage.Origin;
import io.covey.trainer.CoveyException;
import io.covey.trainer.CoveyException.Category;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(300)
class FailuresTest {
    private static final long ECHO_GRACE_NS = 3 * Failures.GRACE_NS;
    private long nowNs = Long.MAX_VALUE - 10;
    private final Failures failures = new Failures(() -> nowNs, ECHO_GRACE_NS);

    private static WorkerMessage.Failed failed(String message, boolean echo) {
        return new WorkerMessage.Failed(
                new ErrorReport(Category.FAILURE, message, ""), echo ? Origin.ECHO : Origin.CAUSE);
    }

    @Test
    void shouldThrowACauseAtOnce() {
        assertNull(failures.rootCause());
        failures.failed("worker 1", failed("out of memory", false));
        failures.failed("worker 0", failed("another", false));
        assertEquals("worker 1: out of memory", failures.rootCause().getMessage());
    }

    @Test
    void shouldPreferACauseToTheEchoThatCameFirst() {
        failures.failed("worker 0", failed("step 3 was not done", true));
        nowNs += Failures.GRACE_NS - 1;
        assertNull(failures.rootCause());
        failures.failed("worker 1", failed("out of memory", false));
        assertEquals("worker 1: out of memory", failures.rootCause().getMessage());
    }

    @Test
    void shouldThrowTheFirstEchoWhenTheGracePeriodHasPassed() {
        failures.failed("worker 0", failed("step 3 was not done", true));
        failures.failed("worker 2", failed("later", true));
        nowNs += ECHO_GRACE_NS - 1;
        assertNull(failures.rootCause());
        nowNs++;
        assertEquals("worker 0: step 3 was not done", failures.rootCause().getMessage());
    }

    @Test
    void shouldNotWaitForALossWhenAllWorkersWereHeardOfAfterTheEcho() {
        long echoNs = nowNs;
        failures.failed("worker 0", failed("frames do not come", true));
        nowNs += Failures.GRACE_NS;
        failures.heardFromAll(echoNs + Failures.GRACE_NS - 1);
        assertFalse(failures.isEchoUnexplained());
        assertNull(failures.rootCause());
        failures.heardFromAll(echoNs + Failures.GRACE_NS);
        assertTrue(failures.isEchoUnexplained());
        assertEquals("worker 0: frames do not come", failures.rootCause().getMessage());
        failures.forgetEchoes();
        failures.failed("worker 1", failed("worker 2 is gone", true));
        assertNull(failures.rootCause());
    }

    @Test
    void shouldForgetAnEchoWhenTheMembershipChanges() {
        failures.failed("worker 0", failed("worker 2 is gone", true));
        failures.forgetEchoes();
        nowNs += ECHO_GRACE_NS;
        assertNull(failures.rootCause());
    }

    @Test
    void shouldPreferTheTasksFailureToAnEcho() {
        failures.failed("worker 0", failed("step 3 was not done", true));
        Exception lost = new Exception("executor lost");
        failures.taskFailed(lost);
        failures.taskFailed(new Exception("stage cancelled"));
        assertNull(failures.rootCause());
        nowNs += Failures.GRACE_NS;
        assertSame(lost, failures.rootCause().getCause());
    }

    @Test
    void shouldKeepTheCategoryOfATasksFailure() {
        CoveyException own = CoveyException.caller("no such file");
        failures.taskFailed(own);
        assertNull(failures.rootCause());
        nowNs += Failures.GRACE_NS;
        assertSame(own, failures.rootCause());
    }
}
