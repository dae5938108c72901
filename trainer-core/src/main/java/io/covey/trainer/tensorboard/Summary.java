package io.covey.trainer.tensorboard;

import io.covey.trainer.checkpoint.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A {@code Summary.Value}: something to show under a tag. Those of TensorFlow 2's {@code tf.summary} are tensors with the name
 * of the plugin that shows them; the {@code legacy} ones are those of Keras 2.
 */
public final class Summary {
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;
    private static final int IMAGE = 4;
    private static final int HISTOGRAM = 5;
    private static final int TENSOR = 8;
    private static final int METADATA = 9;

    private static final int DT_FLOAT = 1;
    private static final int DT_DOUBLE = 2;
    private static final int DT_STRING = 7;
    private static final int TENSOR_CONTENT = 4;
    private static final int STRING_VAL = 8;

    /** Number of buckets of {@code tf.summary.histogram}. */
    private static final int BUCKETS = 30;

    private final WireWriter value;

    private Summary(WireWriter value) {
        this.value = value;
    }

    WireWriter value() {
        return value;
    }

    /** {@code tf.summary.scalar}. */
    public static Summary scalar(String tag, float value) {
        WireWriter content = new WireWriter().fixed32(Float.floatToRawIntBits(value));
        return tensor(tag, tensor(DT_FLOAT, List.of()).messageField(TENSOR_CONTENT, content), "scalars", "");
    }

    /** Keras 2's scalar: a bare number. */
    public static Summary legacyScalar(String tag, float value) {
        // A oneof field is written even if it is zero.
        int key = SIMPLE_VALUE << 3 | 5;
        return new Summary(new WireWriter().stringField(TAG, tag).varint(key).fixed32(Float.floatToRawIntBits(value)));
    }

    /** {@code tf.summary.histogram}: 30 buckets of equal width. */
    public static Summary histogram(String tag, float[] values) {
        WireWriter content = new WireWriter();
        for (LinearHistogram.Bucket bucket : LinearHistogram.of(values, BUCKETS)) {
            content.fixed64(Double.doubleToRawLongBits(bucket.left()))
                    .fixed64(Double.doubleToRawLongBits(bucket.right()))
                    .fixed64(Double.doubleToRawLongBits(bucket.count()));
        }
        WireWriter tensor = tensor(DT_DOUBLE, List.of(BUCKETS, 3)).messageField(TENSOR_CONTENT, content);
        return tensor(tag, tensor, "histograms", "");
    }

    /** Keras 2's histogram, with buckets that grow exponentially. */
    public static Summary legacyHistogram(String tag, float[] values) {
        return new Summary(new WireWriter()
                .stringField(TAG, tag)
                .messageField(HISTOGRAM, ExponentialHistogram.of(values).encode()));
    }

    /** {@code tf.summary.image}: the width and height of the images, and the first three of them. */
    public static Summary images(String tag, ImageBatch images) {
        WireWriter tensor = tensor(DT_STRING, List.of(2 + images.shown()))
                .messageField(STRING_VAL, utf8(Integer.toString(images.width())))
                .messageField(STRING_VAL, utf8(Integer.toString(images.height())));
        for (int i = 0; i < images.shown(); i++) {
            tensor.messageField(STRING_VAL, new WireWriter().bytes(images.png(i)));
        }
        return tensor(tag, tensor, "images", "");
    }

    /** One of Keras 2's images, which are scaled to the range of their values. */
    public static Summary legacyImage(String tag, ImageBatch images, int index) {
        WireWriter image = new WireWriter()
                .varintField(1, images.height())
                .varintField(2, images.width())
                .varintField(3, images.channels())
                .messageField(4, new WireWriter().bytes(images.scaledPng(index)));
        return new Summary(
                new WireWriter().stringField(TAG, tag + "/image/" + index).messageField(IMAGE, image));
    }

    /** The model's JSON, from which TensorBoard draws the conceptual graph. */
    public static Summary kerasModel(String tag, String json) {
        return tensor(tag, tensor(DT_STRING, List.of()).messageField(STRING_VAL, utf8(json)), "graph_keras_model", "1");
    }

    /** The trace of a profiled batch; Covey's programs are not TensorFlow graphs, so it is an empty one. */
    public static Summary runMetadata(String tag) {
        WireWriter tensor = tensor(DT_STRING, List.of()).messageField(STRING_VAL, new WireWriter());
        return tensor(tag, tensor, "graph_run_metadata_graph", "1");
    }

    private static WireWriter utf8(String text) {
        return new WireWriter().bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static WireWriter tensor(int dataType, List<Integer> shape) {
        WireWriter dimensions = new WireWriter();
        for (int size : shape) {
            dimensions.messageField(2, new WireWriter().varintField(1, size));
        }
        return new WireWriter().varintField(1, dataType).messageField(2, dimensions);
    }

    private static Summary tensor(String tag, WireWriter tensor, String plugin, String content) {
        WireWriter pluginData = new WireWriter().stringField(1, plugin).stringField(2, content);
        return new Summary(new WireWriter()
                .stringField(TAG, tag)
                .messageField(TENSOR, tensor)
                .messageField(METADATA, new WireWriter().messageField(1, pluginData)));
    }
}
