package io.covey.server.client;

import io.covey.server.exchange.Contributions;
import io.covey.server.exchange.ExchangeConfig;
import io.covey.server.exchange.ExchangeMode;
import io.covey.server.frame.ChunkedRange;
import io.covey.server.shard.HostedShard;
import io.covey.server.shard.ShardHolding;
import io.covey.server.update.ShardUpdate;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.memory.VectorKernels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.agrona.CloseHelper;

/**
 * Local SGD: a worker updates weights of its own with its own gradients, and every so often pushes by how much they have moved
 * since all had the same. The server shards take the average over the samples that have moved them, in the fixed order of the
 * reduction tree, and all workers go on from there.
 *
 * <p>The optimizer's slots, and its count of steps, begin anew with each average, as in federated averaging (McMahan et al.,
 * Communication-Efficient Learning of Deep Networks from Decentralized Data, 2017): a checkpoint holds all there is. Schedules of the
 * learning rate go by global steps.
 */
final class LocalSgdExchange implements WorkerExchange {
    /** Floats per call of the optimizer: its passes over a chunk find it in the cache. */
    private static final int CHUNK_FLOATS = 8 * 1024;

    private final ExchangeMode.LocalSgd mode;
    private final ParameterServerClient client;
    private final ChunkedRange range;
    private final NativeFloats weights;
    private final ShardUpdate update;
    private final VectorKernels kernels = new VectorKernels();
    /** Subtrees of the reduction tree that this worker contributes, in ascending order. */
    private final int[] nodes;

    private final NativeFloats[] gradients;
    private final int[] roundSamples;
    private long endStep;
    private int stepSamples;
    private float learningRate;
    private boolean lastWanted;
    private int roundStep;

    LocalSgdExchange(ExchangeMode.LocalSgd mode, ExchangeConfig config, ParameterServerClient client) {
        this.mode = mode;
        this.client = client;
        range = new ChunkedRange(config.layout().cut(1).get(0), CHUNK_FLOATS);
        weights = NativeFloats.allocate(config.layout().length());
        update = new ShardUpdate(range, config.layout(), config.optimizer(), 1, weights, chunk -> {}, chunk -> {});
        nodes = IntStream.of(Contributions.of(config.topology(), false).nodesOf(config.worker()))
                .sorted()
                .toArray();
        gradients = new NativeFloats[nodes.length];
        roundSamples = new int[nodes.length];
    }

    @Override
    public void whileWaiting(Runnable hook) {
        client.whileWaiting(hook);
    }

    @Override
    public void connect() {
        client.connect();
    }

    @Override
    public void synchronize(long nextStep) {
        client.synchronize(nextStep);
        beginRound();
    }

    /** Nothing changes: the server shards keep no averages. */
    @Override
    public long overwriteWithAverages() {
        return client.overwriteWithAverages();
    }

    @Override
    public void beginPass(long newEndStep) {
        endStep = newEndStep;
    }

    @Override
    public int poll() {
        return client.poll();
    }

    @Override
    public NativeFloats parameters() {
        return weights;
    }

    @Override
    public void push(long step, int node, NativeFloats gradientSum, int samples, float newLearningRate, boolean last) {
        int index = Arrays.binarySearch(nodes, node);
        gradients[index] = gradientSum;
        roundSamples[index] += samples;
        stepSamples += samples;
        learningRate = newLearningRate;
        lastWanted |= last;
    }

    @Override
    public boolean pull(long step) {
        if (stepSamples > 0) {
            step();
        }
        roundStep++;
        stepSamples = 0;
        if (!mode.averagesAfter(step, endStep)) {
            return false;
        }
        client.skipTo(step);
        for (int i = 0; i < nodes.length; i++) {
            move(gradients[i], roundSamples[i]);
            client.push(step, nodes[i], gradients[i], roundSamples[i], 1f, lastWanted);
        }
        boolean last = client.pull(step);
        beginRound();
        return last;
    }

    /** Updates this worker's own weights with the mean of its own gradients. */
    private void step() {
        NativeFloats sum = gradients[0];
        for (int i = 1; i < gradients.length; i++) {
            kernels.add(sum.address(), gradients[i].address(), sum.length());
        }
        for (int chunk = 0; chunk < range.chunks(); chunk++) {
            update.complete(chunk, sum.address(range.start(chunk)), stepSamples, learningRate, roundStep);
        }
    }

    /** Fills {@code target} with how far the weights have gone downhill since the last average, times {@code samples}. */
    private void move(NativeFloats target, int samples) {
        for (int chunk = 0; chunk < range.chunks(); chunk++) {
            long start = range.start(chunk);
            int length = range.length(chunk);
            kernels.copy(target.address(start), weights.address(start), length);
            kernels.scale(target.address(start), -1f, length);
            kernels.add(target.address(start), client.parameters().address(start), length);
            kernels.scale(target.address(start), samples, length);
        }
    }

    /** Begins with the weights that all have. */
    private void beginRound() {
        kernels.copy(weights.address(), client.parameters().address(), weights.length());
        update.resetSlots();
        Arrays.fill(roundSamples, 0);
        roundStep = 0;
        lastWanted = false;
    }

    @Override
    public List<HostedShard> hostedShards() {
        return client.hostedShards();
    }

    @Override
    public Residuals residuals() {
        return client.residuals();
    }

    @Override
    public List<ShardHolding> holdings() {
        return client.holdings();
    }

    @Override
    public void disconnect() {
        client.disconnect();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(client, update, weights);
    }
}
