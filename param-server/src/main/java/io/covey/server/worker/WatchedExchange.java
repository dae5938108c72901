package io.covey.server.worker;

import io.covey.server.client.Residuals;
import io.covey.server.client.WorkerExchange;
import io.covey.server.shard.HostedShard;
import io.covey.server.shard.ShardHolding;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.training.GradientExchange;
import java.util.List;
import java.util.SortedMap;

/**
 * The parameter server's client, remembering what it threw: such an error most often says only that another worker did not
 * do its part, so the coordinator looks for a better explanation first.
 */
final class WatchedExchange implements GradientExchange {
    private final WorkerExchange client;
    private Throwable thrown;

    WatchedExchange(WorkerExchange client) {
        this.client = client;
    }

    /** Whether {@code error} came out of the exchange. */
    boolean threw(Throwable error) {
        return error == thrown;
    }

    /** What of the server shards this worker can restore. */
    List<ShardHolding> holdings() {
        return client.holdings();
    }

    /** Leaves the exchange; {@link #holdings} stay. */
    void disconnect() {
        client.disconnect();
    }

    Residuals residuals() {
        return client.residuals();
    }

    List<HostedShard> hostedShards() {
        return client.hostedShards();
    }

    /** Runs the hosted shards' duty cycle. */
    int poll() {
        try {
            return client.poll();
        } catch (RuntimeException e) {
            throw noted(e);
        }
    }

    void connect() {
        try {
            client.connect();
        } catch (RuntimeException e) {
            throw noted(e);
        }
    }

    void synchronize(long step) {
        try {
            client.synchronize(step);
        } catch (RuntimeException e) {
            throw noted(e);
        }
    }

    /** See {@link ParameterServerClient#overwriteWithAverages}. */
    long overwriteWithAverages() {
        try {
            return client.overwriteWithAverages();
        } catch (RuntimeException e) {
            throw noted(e);
        }
    }

    /** See {@link WorkerExchange#beginPass}. */
    void beginPass(long endStep) {
        client.beginPass(endStep);
    }

    /** See {@link WorkerExchange#takeDropped}. */
    SortedMap<Integer, Long> takeDropped() {
        return client.takeDropped();
    }

    @Override
    public NativeFloats parameters() {
        return client.parameters();
    }

    @Override
    public void push(long step, int node, NativeFloats gradientSum, int samples, float learningRate, boolean lastStep) {
        try {
            client.push(step, node, gradientSum, samples, learningRate, lastStep);
        } catch (RuntimeException e) {
            throw noted(e);
        }
    }

    @Override
    public void pushFrom(
            long from,
            long step,
            int node,
            NativeFloats gradientSum,
            int samples,
            float learningRate,
            boolean lastStep) {
        try {
            client.pushFrom(from, step, node, gradientSum, samples, learningRate, lastStep);
        } catch (RuntimeException e) {
            throw noted(e);
        }
    }

    @Override
    public boolean pull(long step) {
        try {
            return client.pull(step);
        } catch (RuntimeException e) {
            throw noted(e);
        }
    }

    @Override
    public long nextStep(long step) {
        return client.nextStep(step);
    }

    private RuntimeException noted(RuntimeException error) {
        thrown = error;
        return error;
    }

    @Override
    public void close() {
        client.close();
    }
}
