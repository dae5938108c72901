package io.covey.spark.data;

import io.covey.server.checkpoint.HadoopFileStore;
import io.covey.spark.job.JobConfig;
import io.covey.trainer.data.DataPlan;
import io.covey.trainer.data.SampleBlock;
import io.covey.trainer.training.DataSplit;
import io.covey.trainer.training.SampleChecks;
import io.covey.trainer.training.TrainingSpec;
import io.covey.trainer.training.VirtualShard;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Loads a virtual shard: reads the data files and keeps the rows that the shard owns, packed and checked. IDX files cannot be
 * split, so a process that loads several shards of a job decodes each file once.
 */
public final class ShardLoader implements Function<Integer, VirtualShard> {
    private static final long serialVersionUID = 1L;

    private static final Map<DataSplit, DecodedRows> DECODED = new EnumMap<>(DataSplit.class);

    static {
        for (DataSplit split : DataSplit.values()) {
            DECODED.put(split, new DecodedRows());
        }
    }

    private final UUID id = UUID.randomUUID();
    private final TrainingSpec spec;
    private final JobConfig.Data data;
    private final SerializableConfiguration hadoop;

    /** A loader for the shards of {@code spec} from the files of {@code data}. */
    public ShardLoader(TrainingSpec spec, JobConfig.Data data, SerializableConfiguration hadoop) {
        this.spec = spec;
        this.data = data;
        this.hadoop = hadoop;
    }

    @Override
    public VirtualShard call(Integer index) {
        VirtualShard shard = new VirtualShard(
                index, block(index, DataSplit.TRAIN), block(index, DataSplit.VALIDATION), block(index, DataSplit.TEST));
        SampleChecks.check(spec, shard);
        return shard;
    }

    private SampleBlock block(int index, DataSplit split) {
        DataPlan plan = spec.plan(split);
        if (plan == null) {
            return null;
        }
        SampleBlock all = DECODED.get(split)
                .get(id, () -> new IdxSource(data.source(split)).read(new HadoopFileStore(hadoop.value())));
        return all.select(plan.rowsOf(index));
    }
}
