package io.covey.trainer.golden;

/** Cases of the group models: each kind has a class of its own. */
final class ModelsGroup implements GoldenGroup {
    @Override
    public void verify(GoldenCase golden, Checks checks) throws Exception {
        String kind = golden.get("kind").asText();
        switch (kind) {
            case "model" -> new ModelChecks(golden, checks).run();
            default -> throw new IllegalArgumentException("kind " + kind + " is not known to this suite");
        }
    }
}
