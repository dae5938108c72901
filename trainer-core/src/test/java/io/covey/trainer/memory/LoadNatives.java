package io.covey.trainer.memory;

import io.covey.trainer.CoveyException;

/** Loads the natives in a process of its own and prints what the user would see. */
public final class LoadNatives {
    private LoadNatives() {}

    public static void main(String[] args) {
        try {
            NativeLibraries.loadOnednn();
            System.out.println("loaded");
        } catch (CoveyException e) {
            System.out.println(e.category() + ": " + e.getMessage());
        }
    }
}
