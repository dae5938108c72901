package io.covey.trainer.engine;

import java.util.Collection;

/** From where on a program is done with the flat vectors, after each operation's backward. */
final class BackwardOrder {
    private BackwardOrder() {}

    /**
     * By operation: the first float of that end of the vectors which neither it nor those before it use; layers lie in the vectors
     * mostly in the order in which they run. Shared variables are in use until the run returns.
     */
    static long[] doneFrom(Collection<Parameter> parameters, int ops) {
        long[] doneFrom = new long[ops];
        for (Parameter parameter : parameters) {
            long end = parameter.spec().offset() + parameter.spec().size();
            for (int op = parameter.isShared() ? 0 : parameter.firstUse() + 1; op < ops; op++) {
                doneFrom[op] = Math.max(doneFrom[op], end);
            }
        }
        return doneFrom;
    }
}
