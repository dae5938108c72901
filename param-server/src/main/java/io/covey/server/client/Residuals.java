package io.covey.server.client;

import io.covey.server.exchange.ExchangeConfig;
import io.covey.trainer.memory.NativeFloats;
import io.covey.trainer.training.ReductionTree;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;
import org.agrona.CloseHelper;

/**
 * What a worker's virtual shards have not yet sent of their gradients, each a vector as long as the model's. Empty where the
 * wire format leaves nothing out.
 */
public final class Residuals implements AutoCloseable {
    private final Map<Integer, NativeFloats> byLeaf = new TreeMap<>();
    /** By node of the reduction tree; null for those that keep nothing. */
    private final NativeFloats[] byNode;

    Residuals(ExchangeConfig config) {
        int virtualShards = config.topology().leafOwners().size();
        ReductionTree tree = ReductionTree.of(virtualShards);
        byNode = new NativeFloats[tree.nodes()];
        if (config.wire().gradients().hasResidual()) {
            for (int leaf : config.topology().leavesOf(config.worker())) {
                NativeFloats residual = NativeFloats.allocate(config.layout().length());
                byLeaf.put(leaf, residual);
                byNode[tree.leaf(leaf)] = residual;
            }
        }
    }

    /** That of the leaf at {@code node} of the reduction tree; null for none. */
    NativeFloats ofNode(int node) {
        return byNode[node];
    }

    /** Calls {@code action} with each residual and the number of its virtual shard. */
    public void forEach(ObjIntConsumer<NativeFloats> action) {
        byLeaf.forEach((leaf, residual) -> action.accept(residual, leaf));
    }

    @Override
    public void close() {
        CloseHelper.closeAll(byLeaf.values());
    }
}
