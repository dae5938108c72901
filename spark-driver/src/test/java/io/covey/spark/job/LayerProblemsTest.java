package io.covey.spark.job;

import io.covey.trainer.CoveyException;
import io.covey.trainer.layers.LayerTypes;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A wrong argument of a layer: a job file says what the constructor in Java says, with the place in the file. */
@Timeout(60)
class LayerProblemsTest {
    private static final String FIRST_DENSE = "dense: {units: 300, activation: relu}";

    /** A layer's class in Keras, its key and arguments in a job file, the same arguments in Java. */
    static Stream<Arguments> wrongLayers() {
        return Stream.of(
                wrong("Dense", "dense: {units: 0}", Map.of("units", 0)),
                wrong("Dense", "dense: {units: 2.5}", Map.of("units", 2.5)),
                wrong("Dense", "dense: {units: 3, activatiion: relu}", Map.of("units", 3, "activatiion", "relu")),
                wrong("Dense", "dense: {units: 3, dtype: int32}", Map.of("units", 3, "dtype", "int32")),
                wrong("Dense", "dense: {units: 3, use_bias: 1}", Map.of("units", 3, "use_bias", 1)),
                wrong(
                        "Dense",
                        "dense: {units: 3, kernel_initializer: he_norml}",
                        Map.of("units", 3, "kernel_initializer", "he_norml")),
                wrong(
                        "Dense",
                        "dense: {units: 3, kernel_regularizer: l3}",
                        Map.of("units", 3, "kernel_regularizer", "l3")),
                wrong(
                        "Dense",
                        "dense: {units: 3, bias_constraint: max_nrm}",
                        Map.of("units", 3, "bias_constraint", "max_nrm")),
                wrong(
                        "Conv2D",
                        "conv2d: {filters: 4, kernel_size: 3, data_format: channel_last}",
                        Map.of("filters", 4, "kernel_size", 3, "data_format", "channel_last")),
                wrong(
                        "Conv2D",
                        "conv2d: {filters: 4, kernel_size: 3, padding: full}",
                        Map.of("filters", 4, "kernel_size", 3, "padding", "full")),
                wrong(
                        "Conv2D",
                        "conv2d: {filters: 4, kernel_size: [3, 3, 3]}",
                        Map.of("filters", 4, "kernel_size", List.of(3, 3, 3))),
                wrong(
                        "Conv2D",
                        "conv2d: {filters: 4, kernel_size: 3, strides: 0}",
                        Map.of("filters", 4, "kernel_size", 3, "strides", 0)),
                wrong("MaxPooling2D", "max_pooling2d: {pool_size: 0}", Map.of("pool_size", 0)),
                wrong("Dropout", "dropout: {rate: 1.5}", Map.of("rate", 1.5)),
                wrong("BatchNormalization", "batch_normalization: {momentum: x}", Map.of("momentum", "x")),
                wrong("LSTM", "lstm: {units: 4, return_sequence: true}", Map.of("units", 4, "return_sequence", true)),
                wrong("Embedding", "embedding: {input_dim: 0, output_dim: 2}", Map.of("input_dim", 0, "output_dim", 2)),
                wrong(
                        "MultiHeadAttention",
                        "multi_head_attention: {num_heads: 2, key_dim: 3, attention_axes: [2]}",
                        Map.of("num_heads", 2, "key_dim", 3, "attention_axes", List.of(2))));
    }

    private static Arguments wrong(String className, String written, Map<String, Object> arguments) {
        return Arguments.of(className, written, arguments);
    }

    @ParameterizedTest
    @MethodSource("wrongLayers")
    void shouldSayThePlaceAndWhatTheConstructorSaysWhenALayerIsWrong(
            String className, String written, Map<String, Object> arguments) {
        String inJava = assertThrows(CoveyException.class, () -> LayerTypes.create(className, arguments))
                .getMessage();
        String text = JobTexts.mlp();
        assertTrue(text.contains(FIRST_DENSE), text);

        String inJob = JobTexts.refusal(text.replace(FIRST_DENSE, written));

        String key = written.substring(0, written.indexOf(':'));
        Pattern expected = Pattern.compile(
                "mlp\\.yaml:5: model\\.sequential\\.1\\." + key + "(\\.[a-z_]+(\\.\\d+)?)?: " + Pattern.quote(inJava));
        assertTrue(expected.matcher(inJob).matches(), inJob + "\nin Java: " + inJava);
    }
}
