package io.covey.server;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.covey.server", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule NO_SPARK = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "io.covey.spark..", "scala..");

    @ArchTest
    static final ArchRule TRANSPORT_KNOWS_NO_EXCHANGE = noClasses()
            .that()
            .resideInAPackage("..transport..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..server.exchange..", "..server.shard..", "..server.client..");

    @ArchTest
    static final ArchRule EXCHANGE_KNOWS_NO_CONTROL_PLANE = noClasses()
            .that()
            .resideInAnyPackage(
                    "..server.exchange..", "..server.shard..", "..server.client..", "..transport..", "..membership..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..coordinator..", "..worker..", "..control..");

    @ArchTest
    static final ArchRule FRAMES_KNOW_NO_UPDATES = noClasses()
            .that()
            .resideInAPackage("..server.frame..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..server.update..");

    @ArchTest
    static final ArchRule FRAMES_AND_UPDATES_KNOW_NO_EXCHANGE = noClasses()
            .that()
            .resideInAnyPackage("..server.frame..", "..server.update..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..server.exchange..",
                    "..server.shard..",
                    "..server.client..",
                    "..server.coordinator..",
                    "..server.worker..",
                    "..server.control..");

    @ArchTest
    static final ArchRule SHARDS_KNOW_NO_CLIENT = noClasses()
            .that()
            .resideInAnyPackage("..server.exchange..", "..server.shard..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..server.client..");

    @ArchTest
    static final ArchRule SETTINGS_KNOW_NO_SHARD = noClasses()
            .that()
            .resideInAPackage("..server.exchange..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..server.shard..");
}
