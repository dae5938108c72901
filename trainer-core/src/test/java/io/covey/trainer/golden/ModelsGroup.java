package io.covey.trainer.golden;

import io.covey.trainer.layers.LayerTypes;

/** Cases of the group models: each kind has a class of its own. */
final class ModelsGroup implements GoldenGroup {
    static {
        LayerTypes.register("Linear", Linear::new);
    }

    @Override
    public void verify(GoldenCase golden, Checks checks) throws Exception {
        String kind = golden.get("kind").asText();
        switch (kind) {
            case "model" -> new ModelChecks(golden, checks).run();
            case "dead_nodes" -> DeadNodesChecks.verify(golden, checks);
            case "dropout" -> DropoutChecks.verify(golden, checks);
            case "output_logits_recovery" -> LogitsRecoveryChecks.verify(golden, checks);
            case "gradient_tape" -> GradientTapeChecks.verify(golden, checks);
            default -> throw new IllegalArgumentException("kind " + kind + " is not known to this suite");
        }
    }
}
