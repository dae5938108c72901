package io.covey.trainer.engine;

/** The gradient of what nobody reads. */
final class ZeroGradient implements Op {
    private final Tensor gradient;

    ZeroGradient(Tensor gradient) {
        this.gradient = gradient;
    }

    @Override
    public void forward() {}

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        gradient.values().zero();
    }
}
