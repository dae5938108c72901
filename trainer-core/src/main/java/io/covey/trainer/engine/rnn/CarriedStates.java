package io.covey.trainer.engine.rnn;

import io.covey.trainer.engine.StateRows;

/**
 * The states that a stateful layer takes over from the batch before and leaves to the next. No gradient goes through them.
 *
 * @param rows those of all layers
 * @param column the layer's first
 */
record CarriedStates(StateRows rows, int column) {
    /** Begins with the last states of the batch before. */
    void load(RecurrentCell cell) {
        for (int i = 0; i < cell.stateBuffers.length; i++) {
            rows.read(column + i * cell.units, cell.units, cell.rows, cell.stateBuffers[i]);
        }
    }

    /** Keeps the states after the last step. */
    void save(RecurrentCell cell) {
        for (int i = 0; i < cell.stateBuffers.length; i++) {
            rows.write(column + i * cell.units, cell.units, cell.rows, cell.stateBuffers[i], cell.steps * cell.block);
        }
    }
}
