package io.covey.spark.job;

import io.covey.spark.job.JobConfig.Data;
import io.covey.spark.job.JobConfig.DataFormat;
import io.covey.spark.job.JobConfig.NamedTest;
import io.covey.spark.job.JobConfig.Source;
import java.util.List;

/** The section {@code data}: files of samples and labels. */
final class DataSchema {
    private static final Key<Source, DataFormat> FORMAT = Key.required(
            "format", ScalarTypes.constant(DataFormat.class), Source::format, "idx: MNIST's format, gzip or not");
    private static final Key<Source, String> IMAGES =
            Key.required("images", new PathType(), Source::images, "file of the samples");
    private static final Key<Source, String> LABELS =
            Key.required("labels", new PathType(), Source::labels, "file of their classes");
    private static final Key<Source, String> SAMPLE_WEIGHT = Key.derived(
                    "sample_weight",
                    new PathType(),
                    Source::sampleWeight,
                    "none",
                    "file of factors of their losses, numbers of any of IDX's types")
            .later();
    private static final Key<Source, Long> SKIP = Key.optional(
            "skip", ScalarTypes.longInteger(0), Source::skip, 0L, "samples left out at the start of the files");
    private static final Key<Source, Long> LIMIT =
            Key.derived("limit", ScalarTypes.longInteger(1), Source::limit, "all", "samples taken after those");

    private static final Section<Source> SOURCE = new Section<>(
            v -> new Source(
                    v.get(FORMAT), v.get(IMAGES), v.get(LABELS), v.get(SAMPLE_WEIGHT), v.get(SKIP), v.get(LIMIT)),
            List.of(FORMAT, IMAGES, LABELS, SAMPLE_WEIGHT, SKIP, LIMIT));

    private static final Key<Data, Source> TRAIN = Key.required("train", SOURCE, Data::train, "trained on");
    private static final Key<Data, Source> VALIDATION =
            Key.derived("validation", SOURCE, Data::validation, "none", "evaluated after each epoch");
    private static final Key<Data, Source> TEST =
            Key.derived("test", SOURCE, Data::test, "none", "evaluated at the end");
    private static final Key<Data, Double> SCALE =
            Key.optional("scale", ScalarTypes.FRACTION, Data::scale, 1.0, "factor on every input value");

    private static final Key<NamedTest, String> TEST_NAME =
            Key.required("name", ScalarTypes.NAME, NamedTest::name, "name in the results");
    private static final Key<NamedTest, Source> TEST_DATA =
            Key.required("data", SOURCE, NamedTest::source, "as `data.test`");
    private static final Key<NamedTest, Double> TEST_SCALE =
            Key.derived("scale", ScalarTypes.FRACTION, NamedTest::scale, "`data.scale`", "factor on every input value");
    private static final Key<Data, List<NamedTest>> MORE_TESTS = Key.derived(
                    "more_tests",
                    new ListType<>(
                            new Section<>(
                                    v -> new NamedTest(v.get(TEST_NAME), v.get(TEST_DATA), v.get(TEST_SCALE)),
                                    List.of(TEST_NAME, TEST_DATA, TEST_SCALE)),
                            0,
                            "[{name: unscaled, scale: 1, data: {format: idx, images: ..., labels: ...}}]"),
                    (Data data) -> data.moreTests().isEmpty() ? null : data.moreTests(),
                    "none",
                    "evaluated at the end besides: a `name`, `data` as `data.test`, and a `scale` of their own")
            .changeable();

    static final Section<Data> DATA = new Section<>(
            v -> new Data(v.get(TRAIN), v.get(VALIDATION), v.get(TEST), v.get(SCALE), v.get(MORE_TESTS, List.of())),
            List.of(TRAIN, VALIDATION, TEST, SCALE, MORE_TESTS));

    private DataSchema() {}
}
