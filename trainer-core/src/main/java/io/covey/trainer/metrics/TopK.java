package io.covey.trainer.metrics;

/**
 * The k largest numbers of a vector as TensorFlow's {@code top_k} chooses them: of equal ones the first. With a NaN, which is
 * neither larger nor smaller than anything, its choice is that of its heap ({@code gtl::TopN} on libstdc++'s), followed here
 * step by step. For one thread; allocates nothing per vector.
 */
final class TopK {
    private static final int PACKET = 8;

    private final int k;
    private final int[] heap;
    private float[] x = {};
    private int offset;
    private int size;

    TopK(int k) {
        this.k = k;
        heap = new int[k + 1];
    }

    /** Chooses from {@code width} numbers. */
    void select(float[] numbers, int first, int width) {
        x = numbers;
        offset = first;
        size = 0;
        if (k == 1) {
            heap[size++] = largest(width);
            return;
        }
        for (int i = 0; i < width; i++) {
            if (size < k) {
                heap[size++] = i;
            } else if (i == k) {
                heap[k] = i;
                for (int parent = (k - 1) / 2; parent >= 0; parent--) {
                    sift(parent, k + 1, heap[parent]);
                }
                dropWorst();
            } else if (isBetter(i, heap[0])) {
                raise(k, 0, i);
                dropWorst();
            }
        }
    }

    /**
     * The place of the maximum that Eigen finds, 0 if that is NaN: whole packets leave NaN out, in the rest the search starts
     * again after one.
     */
    private int largest(int width) {
        float ofPackets = Float.NEGATIVE_INFINITY;
        float ofRest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < width; i++) {
            float number = x[offset + i];
            if (i < width - width % PACKET) {
                ofPackets = number > ofPackets ? number : ofPackets;
            } else {
                ofRest = ofRest > number ? ofRest : number;
            }
        }
        float max = ofPackets > ofRest ? ofPackets : ofRest;
        int place = 0;
        while (place < width && x[offset + place] != max) {
            place++;
        }
        return place == width ? 0 : place;
    }

    /** Whether the number at this place is one of the chosen. */
    boolean contains(int place) {
        for (int i = 0; i < size; i++) {
            if (heap[i] == place) {
                return true;
            }
        }
        return false;
    }

    private boolean isBetter(int a, int b) {
        float left = x[offset + a];
        float right = x[offset + b];
        return left > right || (!(left < right) && a < b);
    }

    /** The root is the worst of k + 1: the others remain. */
    private void dropWorst() {
        sift(0, k, heap[k]);
    }

    /** Moves the worse child up until there is none, then puts {@code value} where it belongs on that path. */
    private void sift(int top, int length, int value) {
        int hole = top;
        int child = hole;
        while (child < (length - 1) / 2) {
            child = 2 * (child + 1);
            if (isBetter(heap[child], heap[child - 1])) {
                child--;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        if (length % 2 == 0 && child == (length - 2) / 2) {
            child = 2 * (child + 1);
            heap[hole] = heap[child - 1];
            hole = child - 1;
        }
        raise(hole, top, value);
    }

    private void raise(int from, int top, int value) {
        int hole = from;
        while (hole > top && isBetter(heap[(hole - 1) / 2], value)) {
            heap[hole] = heap[(hole - 1) / 2];
            hole = (hole - 1) / 2;
        }
        heap[hole] = value;
    }
}
