package io.covey.spark.run;

import io.covey.server.worker.CoordinatorLostException;
import io.covey.server.worker.DismissedException;
import io.covey.trainer.CoveyException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.Success$;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Hears from Spark which worker tasks have ended before their time: sooner than their silence is noticed. Called on Spark's
 * thread.
 */
final class WorkerTaskListener extends SparkListener {
    private static final String JOB_GROUP = "spark.jobGroup.id";
    /** What a task throws that leaves the run to others. */
    private static final Set<String> LEAVING =
            Set.of(DismissedException.class.getName(), CoordinatorLostException.class.getName());

    private static final long PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final String jobGroup;
    private final int partitions;
    private final BiConsumer<Integer, String> lost;
    private final Consumer<Throwable> failed;
    private final Set<Integer> stages = ConcurrentHashMap.newKeySet();
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    /**
     * @param jobGroup of the workers' job
     * @param partitions number of worker tasks
     * @param lost told the number of a worker that is gone, and why
     * @param failed told what a task has thrown
     */
    WorkerTaskListener(String jobGroup, int partitions, BiConsumer<Integer, String> lost, Consumer<Throwable> failed) {
        this.jobGroup = jobGroup;
        this.partitions = partitions;
        this.lost = lost;
        this.failed = failed;
    }

    /** For messages: what Spark has given. */
    String describe() {
        return " Spark runs " + running + " of " + partitions + " worker tasks now, and has started " + started
                + " so far.";
    }

    /**
     * Waits until no worker task runs any more.
     *
     * @return whether that is so
     */
    boolean awaitTasks(long timeoutNs) {
        long startNs = System.nanoTime();
        while (running.get() > 0) {
            if (System.nanoTime() - startNs > timeoutNs
                    || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(PARK_NS);
        }
        return true;
    }

    @Override
    public void onJobStart(SparkListenerJobStart event) {
        if (jobGroup.equals(event.properties().getProperty(JOB_GROUP))) {
            event.stageIds().foreach(stage -> stages.add((Integer) stage));
        }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart event) {
        if (stages.contains(event.stageId())) {
            started.incrementAndGet();
            running.incrementAndGet();
        }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
        if (!stages.contains(event.stageId())) {
            return;
        }
        running.decrementAndGet();
        TaskEndReason reason = event.reason();
        if (reason == Success$.MODULE$) {
            return;
        }
        String why = reason instanceof TaskFailedReason failure ? failure.toErrorString() : reason.toString();
        if (reason instanceof ExceptionFailure exception && !LEAVING.contains(exception.className())) {
            failed.accept(CoveyException.failure("a worker's task failed: " + firstLine(why)));
        } else {
            int worker =
                    WorkerTask.number(event.taskInfo().index(), event.taskInfo().attemptNumber(), partitions);
            lost.accept(worker, firstLine(why));
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }
}
