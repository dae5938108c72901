package io.covey.spark;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The arrows between the modules: spark-driver to param-server to trainer-core, and Spark in spark-driver alone. */
@AnalyzeClasses(packages = "io.covey", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule TRAINER_SHOULD_KNOW_NEITHER_SERVER_NOR_CLUSTER = noClasses()
            .that()
            .resideInAPackage("io.covey.trainer..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.covey.server..",
                    "io.covey.spark..",
                    "org.apache.spark..",
                    "org.apache.hadoop..",
                    "io.aeron..",
                    "org.agrona..");

    @ArchTest
    static final ArchRule SERVER_SHOULD_NOT_KNOW_SPARK = noClasses()
            .that()
            .resideInAPackage("io.covey.server..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.covey.spark..", "org.apache.spark..");

    @ArchTest
    static final ArchRule JOB_FILE_SHOULD_NOT_NEED_SPARK = noClasses()
            .that()
            .resideInAPackage("io.covey.spark.job..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "io.covey.spark.run..");

    @ArchTest
    static final ArchRule PACKAGES_SHOULD_BE_FREE_OF_CYCLES =
            slices().matching("io.covey.spark.(*)..").should().beFreeOfCycles();
}
