package io.covey.trainer.engine;

/**
 * Adds the gradient of an orthogonal penalty to that of its variable, which a worker has whole, unlike the server that adds
 * those of other penalties. Runs last: after all that use the variable.
 */
final class OrthogonalPenaltyOp implements Op {
    private final Parameter parameter;
    private final OrthogonalPenalty penalty;
    private final int rows;

    /** @param rows samples in the micro-batch, over which gradients are sums */
    OrthogonalPenaltyOp(Parameter parameter, int rows) {
        this.parameter = parameter;
        this.rows = rows;
        penalty = new OrthogonalPenalty(parameter.spec());
    }

    @Override
    public void forward() {}

    @Override
    public void backward(long gradientAddress, boolean accumulate) {
        penalty.addGradient(parameter.values().address(), parameter.gradientAddress(gradientAddress), rows);
    }
}
