package io.covey.trainer.layers.reshaping;

import java.util.List;

/** Source indices of a tensor whose coordinates each depend on one coordinate of the input. */
final class IndexMap {
    private IndexMap() {}

    /** C order's distance between neighbours along each axis. */
    static int[] strides(List<Integer> shape) {
        int[] strides = new int[shape.size()];
        int stride = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride = Math.multiplyExact(stride, shape.get(axis));
        }
        return strides;
    }

    /** The map of an axis that stays as it is. */
    static int[] identity(int size) {
        int[] map = new int[size];
        for (int i = 0; i < size; i++) {
            map[i] = i;
        }
        return map;
    }

    /**
     * Source indices in C order of the output.
     *
     * @param strides what a step of the input's coordinate along each output axis is worth
     * @param maps for each output axis the input coordinate of each output coordinate, or {@link IndexLayer#ZERO}
     */
    static int[] of(int[] strides, int[][] maps) {
        int size = 1;
        for (int[] map : maps) {
            size = Math.multiplyExact(size, map.length);
        }
        int[] sources = new int[size];
        int block = size;
        for (int axis = 0; axis < maps.length; axis++) {
            int length = maps[axis].length;
            block /= Math.max(1, length);
            for (int i = 0; i < size; i++) {
                int coordinate = maps[axis][i / block % length];
                sources[i] = sources[i] == IndexLayer.ZERO || coordinate == IndexLayer.ZERO
                        ? IndexLayer.ZERO
                        : sources[i] + strides[axis] * coordinate;
            }
        }
        return sources;
    }
}
