package io.covey.spark.data;

import io.covey.trainer.CoveyException;
import io.covey.trainer.training.VirtualShard;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.Dependency;
import org.apache.spark.NarrowDependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.RDDBlockId;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;

/**
 * One partition per worker, each computed by a long-running task. Every partition depends narrowly on all partitions of the
 * input, so a worker may read any virtual shard from the persisted input without another stage.
 *
 * @param <T> what a worker returns
 */
public final class WorkerRdd<T> extends RDD<T> {
    private static final long serialVersionUID = 1L;

    /**
     * What a task does.
     *
     * @param <T> what a worker returns
     */
    @FunctionalInterface
    public interface WorkerTask<T> extends Serializable {
        /**
         * Runs one worker to its end.
         *
         * @param worker number of the worker, from 0
         * @param shards gives the virtual shards with these numbers
         * @param context Spark's view of the task
         */
        T run(int worker, Function<Set<Integer>, List<VirtualShard>> shards, TaskContext context);
    }

    private final RDD<VirtualShard> input;
    private final int workers;
    private final WorkerTask<T> task;

    /** {@code workers} tasks over {@code input}, whose partition v holds virtual shard v. */
    public WorkerRdd(RDD<VirtualShard> input, int workers, WorkerTask<T> task) {
        super(input, ClassTag$.MODULE$.apply(Object.class));
        this.input = input;
        this.workers = workers;
        this.task = task;
    }

    @Override
    public Partition[] getPartitions() {
        List<Partition> shards = List.of(input.partitions());
        return IntStream.range(0, workers)
                .mapToObj(worker -> new WorkerPartition(worker, shards))
                .toArray(Partition[]::new);
    }

    @Override
    public Seq<Dependency<?>> getDependencies() {
        List<Dependency<?>> all = List.of(new AllPartitions(input));
        return JavaConverters.asScalaBuffer(all).toSeq();
    }

    @Override
    public Iterator<T> compute(Partition partition, TaskContext context) {
        T result = task.run(
                partition.index(), leaves -> read(((WorkerPartition) partition).shards(), leaves, context), context);
        return JavaConverters.asScalaIterator(List.of(result).iterator());
    }

    private List<VirtualShard> read(List<Partition> partitions, Set<Integer> leaves, TaskContext context) {
        List<VirtualShard> shards = new ArrayList<>();
        for (int leaf : leaves) {
            Iterator<VirtualShard> rows = rows(partitions.get(leaf), context);
            if (!rows.hasNext()) {
                throw CoveyException.failure("partition " + leaf + " of the input holds no virtual shard");
            }
            shards.add(rows.next());
        }
        return shards;
    }

    /**
     * The persisted partition, or a new one if it is persisted in other executors only: a virtual shard is taken over because
     * the executor that had it is lost, and one that is stopped would not answer for minutes.
     */
    private Iterator<VirtualShard> rows(Partition partition, TaskContext context) {
        BlockManager blocks = SparkEnv.get().blockManager();
        RDDBlockId block = new RDDBlockId(input.id(), partition.index());
        boolean elsewhere = blocks.getStatus(block).isEmpty()
                && !blocks.master().getLocations(block).isEmpty();
        return elsewhere ? input.compute(partition, context) : input.iterator(partition, context);
    }

    /** Carries the input's partitions, which an RDD itself knows in the driver only. */
    private record WorkerPartition(int index, List<Partition> shards) implements Partition {}

    private static final class AllPartitions extends NarrowDependency<VirtualShard> {
        private static final long serialVersionUID = 1L;

        AllPartitions(RDD<VirtualShard> rdd) {
            super(rdd);
        }

        @Override
        public Seq<Object> getParents(int partition) {
            List<Object> all = new ArrayList<>();
            for (int v = 0; v < rdd().getNumPartitions(); v++) {
                all.add(v);
            }
            return JavaConverters.asScalaBuffer(all).toSeq();
        }
    }
}
