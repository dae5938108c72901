package io.covey.server.client;

import io.covey.server.shard.ShardServer;
import io.covey.trainer.memory.NativeFloats;

/**
 * Moves a worker's contributions, one after the other, to all shards chunk by chunk in turns: by pointer to those that it hosts, to
 * others through their senders. From the last chunk to the first, for backward finishes the last layers first. Used by one thread.
 */
final class ContributionSender {
    private static final int NOTHING = -1;

    private final ShardServer[] hosted;
    private final GradientSender[] senders;
    private final Residuals residuals;
    /** The tree node whose gradient is partly sent. */
    private int node = NOTHING;

    ContributionSender(ShardServer[] hosted, GradientSender[] senders, Residuals residuals) {
        this.hosted = hosted;
        this.senders = senders;
        this.residuals = residuals;
    }

    /** Whether the gradient of this tree node has begun to go out and is not all sent. */
    boolean isSending(int ofNode) {
        return node == ofNode;
    }

    /** Takes a contribution; nothing of it is final yet. */
    void begin(long step, int newNode, NativeFloats gradientSum, int samples, float learningRate, boolean lastStep) {
        node = newNode;
        NativeFloats residual = residuals.ofNode(node);
        for (ShardServer server : hosted) {
            server.contributeLocal(gradientSum, residual, node, samples, learningRate, lastStep);
        }
        for (GradientSender sender : senders) {
            sender.begin(gradientSum, residual, step, node, samples, learningRate, lastStep);
        }
    }

    /** The flat gradient is final from float {@code from} on. */
    void release(long from) {
        for (ShardServer server : hosted) {
            server.releaseLocal(node, from);
        }
        for (GradientSender sender : senders) {
            sender.release(from);
        }
    }

    /** Moves the next final chunk to each shard; returns how many were moved: 0 when logs are full or nothing is left. */
    int sendNext() {
        int moved = 0;
        for (GradientSender sender : senders) {
            moved += sender.sendNext();
        }
        for (ShardServer server : hosted) {
            moved += server.addNextLocal(node);
        }
        return moved;
    }

    /** Whether all that is final is with the senders' logs. */
    boolean isSent() {
        for (GradientSender sender : senders) {
            if (!sender.isDone()) {
                return false;
            }
        }
        return true;
    }

    /** The contribution is all sent. */
    void end() {
        node = NOTHING;
    }
}
