package io.covey.server.coordinator;

import io.covey.server.control.ClusterTimeouts;
import io.covey.server.control.Command;
import io.covey.server.control.WorkerMessage;
import io.covey.server.membership.Member;
import io.covey.server.membership.Membership;
import io.covey.server.membership.MembershipAction;
import io.covey.trainer.CoveyException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what {@link Membership} decides: commands to the workers, failures to the run. Used under a lock. */
final class MembershipDriver {
    private static final Logger LOG = LoggerFactory.getLogger(MembershipDriver.class);

    private static final long NEVER = -2;

    private final Membership membership;
    private final Crew crew;
    private final Failures failures;
    private final ClusterTimeouts timeouts;
    private final LongSupplier commandNumbers;
    private final Runnable onChange;
    private MembershipAction.Settle settled;
    private String newestCheckpoint = "";
    private Supplier<String> resources = () -> "";
    private long staleMessages;
    private long changedNs;
    private long renewedAtStep = NEVER;
    private long settledStep = NEVER;

    /**
     * @param commandNumbers numbers the commands
     * @param onChange told when a membership ends
     */
    MembershipDriver(
            Membership membership,
            Crew crew,
            Failures failures,
            ClusterTimeouts timeouts,
            LongSupplier commandNumbers,
            Runnable onChange) {
        this.membership = membership;
        this.crew = crew;
        this.failures = failures;
        this.timeouts = timeouts;
        this.commandNumbers = commandNumbers;
        this.onChange = onChange;
    }

    /** The membership that training goes on with; null while it changes. */
    MembershipAction.Settle settled() {
        return settled;
    }

    /** What is going on while the membership changes; null while it does not. */
    String activity() {
        return membership.activity();
    }

    /** The checkpoint to go back to. */
    void committed(String prefix) {
        newestCheckpoint = prefix;
    }

    /** For the message when workers are missing: what the cluster manager has given. */
    void describeResources(Supplier<String> newResources) {
        resources = newResources;
    }

    /** Whether a message of this worker must not be listened to any more: it counts as lost, and is told so again. */
    boolean isFenced(int worker, long nowNs) {
        if (!membership.hasLost(worker)) {
            return false;
        }
        staleMessages++;
        LOG.debug("Dropped stale message {} of lost worker {}", staleMessages, worker);
        crew.remind(worker, membership.epoch(), nowNs);
        return true;
    }

    void registered(Member member, long nowNs) {
        LOG.debug("{} has come", member);
        carryOut(membership.registered(member, nowNs), nowNs);
    }

    void lost(int worker, String cause, long nowNs) {
        if (crew.hasJoined(worker) && !membership.hasLost(worker)) {
            LOG.warn("{}: its part goes to the others", cause);
            carryOut(membership.lost(worker, cause, nowNs), nowNs);
        }
    }

    void tick(long nowNs) {
        failures.heardFromAll(crew.allHeardNs(nowNs));
        // Connections can break between workers that live. New ones may do; if not even a step is done with them, they
        // do not. Those of the first membership have never been good.
        if (failures.isEchoUnexplained() && renewedAtStep != settledStep) {
            renewedAtStep = settledStep;
            LOG.warn("Workers wait for each other in vain, and all are alive: connecting them anew");
            carryOut(membership.renew(nowNs), nowNs);
        }
        carryOut(membership.tick(nowNs), nowNs);
    }

    /** A message that concerns the membership; others and those of older epochs are of no interest. */
    void onMessage(int worker, int epoch, WorkerMessage message, long nowNs) {
        if (message instanceof WorkerMessage.Paused paused) {
            carryOut(membership.paused(worker, epoch, paused.holdings(), nowNs), nowNs);
        } else if (message instanceof WorkerMessage.Loaded) {
            carryOut(membership.loaded(worker, epoch, nowNs), nowNs);
        } else if (message instanceof WorkerMessage.Ready ready) {
            carryOut(membership.ready(worker, epoch, ready.step(), nowNs), nowNs);
        } else if (message instanceof WorkerMessage.Failed failed) {
            failed(worker, epoch, failed, nowNs);
        }
    }

    private void failed(int worker, int epoch, WorkerMessage.Failed failed, long nowNs) {
        switch (failed.origin()) {
            case LEAVING ->
                lost(
                        worker,
                        crew.describe(worker) + " leaves: " + failed.error().message(),
                        nowNs);
            case CAUSE -> failures.failed(crew.describe(worker), failed);
            case ECHO -> {
                if (epoch == membership.epoch()) {
                    failures.failed(crew.describe(worker), failed);
                } else {
                    staleMessages++;
                }
            }
        }
    }

    private void carryOut(List<MembershipAction> actions, long nowNs) {
        for (MembershipAction action : actions) {
            carryOut(action, nowNs);
        }
    }

    private void carryOut(MembershipAction action, long nowNs) {
        if (action instanceof MembershipAction.Pause pause) {
            if (settled != null) {
                changedNs = nowNs;
            }
            settled = null;
            onChange.run();
            failures.forgetEchoes();
            pause.workers().forEach(worker -> crew.post(worker, pause.epoch(), new Command.Pause(), nowNs));
        } else if (action instanceof MembershipAction.Assign assign) {
            Command command = new Command.Assign(commandNumbers.getAsLong(), assign.topology());
            post(assign.topology().workers(), assign.topology().epoch(), command, nowNs);
        } else if (action instanceof MembershipAction.Connect connect) {
            Command command = new Command.Connect(commandNumbers.getAsLong(), connect.heldStep(), newestCheckpoint);
            post(connect.topology().workers(), connect.topology().epoch(), command, nowNs);
        } else if (action instanceof MembershipAction.Settle settle) {
            settled = settle;
            settledStep = settle.step();
            if (settle.topology().epoch() > 0) {
                LOG.info(
                        "Membership {} goes on at step {} with workers {}, {} ms after the one before",
                        settle.topology().epoch(),
                        settle.step(),
                        settle.topology().workers(),
                        (nowNs - changedNs) / 1_000_000);
            }
        } else if (action instanceof MembershipAction.Dismiss dismiss) {
            crew.lose(dismiss.worker());
            crew.post(dismiss.worker(), membership.epoch(), new Command.Dismiss(dismiss.reason()), nowNs);
        } else if (action instanceof MembershipAction.Fail fail) {
            failures.found(CoveyException.failure(fail.message() + " "
                    + ClusterTimeouts.limit("start_timeout", timeouts.startNs())
                    + ". All workers run at the same time: are there enough free cores for them, and can they reach the"
                    + " driver?" + resources.get()));
        }
    }

    private void post(List<Integer> workers, int epoch, Command command, long nowNs) {
        workers.forEach(worker -> crew.post(worker, epoch, command, nowNs));
    }
}
