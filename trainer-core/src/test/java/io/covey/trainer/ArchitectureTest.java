package io.covey.trainer;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "io.covey.trainer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** What package training shares with the packages below it: values, and the interface that a directory implements. */
    private static final Set<String> TRAINING_VALUES =
            Set.of("CheckpointNames", "DataSplit", "TrainingSpec", "TrainingState", "VirtualShard");

    @ArchTest
    static final ArchRule SHOULD_NOT_KNOW_THE_CLUSTER = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "io.aeron..", "org.agrona..", "org.apache.hadoop..");

    @ArchTest
    static final ArchRule PACKAGES_SHOULD_BE_FREE_OF_CYCLES =
            slices().assignedFrom(new Packages()).should().beFreeOfCycles();

    private static final class Packages implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            boolean isTrainingValue = type.getPackageName().endsWith(".training")
                    && TRAINING_VALUES.contains(type.getBaseComponentType().getSimpleName());
            return SliceIdentifier.of(isTrainingValue ? "training values" : type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages, training's values apart";
        }
    }
}
