package io.covey.server.control;

import io.covey.server.membership.Member;
import java.io.Serializable;

/**
 * How a worker finds the coordinator of its run.
 *
 * @param jobId name of the job, the same in all its processes
 * @param session number of this run; messages of other runs are not heard
 * @param member how the coordinator's process is reached; its worker number is {@link #COORDINATOR}
 */
public record CoordinatorAddress(String jobId, long session, Member member) implements Serializable {
    /** Stands for the coordinator where a worker number is asked for. */
    public static final int COORDINATOR = -1;

    @Override
    public String toString() {
        return "coordinator (" + member.processId() + ", " + member.endpoint() + ")";
    }
}
