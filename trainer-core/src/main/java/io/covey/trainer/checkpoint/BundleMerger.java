package io.covey.trainer.checkpoint;

import io.covey.trainer.CoveyException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Makes one bundle of several without touching their data, as TensorFlow's {@code MergeBundles} does: entries are collected,
 * slices of the same tensor put together, data files numbered in order of their first use.
 */
final class BundleMerger {
    private final NavigableMap<byte[], BundleEntry> entries = BundleIndex.newEntries();
    private final Map<String, Integer> dataFiles = new LinkedHashMap<>();
    private int shards;

    /** Adds the bundle {@code prefix}. */
    void add(String prefix, BundleIndex part) {
        int partShards = part.header().shards();
        if (part.header().byteOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw CoveyException.failure("checkpoint part " + prefix + " is big-endian, the others are not");
        }
        part.entries().forEach((key, entry) -> {
            BundleEntry kept = entries.get(key);
            if (kept == null) {
                String file = BundleFiles.data(prefix, entry.shardId(), partShards);
                int shard = dataFiles.computeIfAbsent(file, f -> dataFiles.size());
                entries.put(key, entry.withShardId(shard));
            } else {
                entries.put(key, join(prefix, key, kept, entry));
            }
        });
        shards += partShards;
        // TensorFlow merges a bundle without tensors in silence and then cannot read the result.
        if (dataFiles.size() != shards) {
            throw CoveyException.failure("checkpoint part " + prefix + " holds no tensors");
        }
    }

    private static BundleEntry join(String prefix, byte[] key, BundleEntry kept, BundleEntry added) {
        if (kept.slices().isEmpty()
                || added.slices().isEmpty()
                || kept.dataType() != added.dataType()
                || !kept.shape().equals(added.shape())) {
            throw CoveyException.failure("checkpoint part " + prefix + " holds tensor " + BundleIndex.name(key)
                    + ", which another part holds too");
        }
        List<TensorSlice> slices = new ArrayList<>(kept.slices());
        slices.addAll(added.slices());
        return kept.withSlices(slices);
    }

    /** Paths of the parts' data files, in order of the shard numbers that they get. */
    List<String> dataFiles() {
        return List.copyOf(dataFiles.keySet());
    }

    BundleIndex merged() {
        return new BundleIndex(new BundleHeader(shards, ByteOrder.LITTLE_ENDIAN), entries);
    }
}
