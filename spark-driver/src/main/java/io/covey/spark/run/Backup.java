package io.covey.spark.run;

import io.covey.spark.job.JobConfig;
import io.covey.spark.job.Named;
import io.covey.trainer.CoveyException;
import io.covey.trainer.callbacks.BackupAndRestore;
import io.covey.trainer.callbacks.CallbackIo;
import io.covey.trainer.callbacks.Callbacks;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.training.TrainingState;
import java.util.Optional;

/**
 * What a job's {@code backup_and_restore} has left of a run that did not end: where the next run of the job begins.
 *
 * @param prefix of the checkpoint
 * @param state its training state
 */
record Backup(String prefix, TrainingState state) {
    /**
     * The backup to go on from, if the job has such a callback and it has left one.
     *
     * @throws CoveyException a caller's error if it was written by another job
     */
    static Optional<Backup> of(JobConfig job, FileStore files) {
        CallbackIo io = new CallbackIo(files, System.out, System::nanoTime);
        for (Named callback : job.fit().callbacks()) {
            if (Callbacks.of(callback.name(), callback.arguments(), io) instanceof BackupAndRestore backups) {
                Optional<String> newest = backups.newest();
                if (newest.isPresent()) {
                    TrainingState state = backups.directory().readState(newest.get());
                    requireSameBits(job, newest.get(), state);
                    return Optional.of(new Backup(newest.get(), state));
                }
            }
        }
        return Optional.empty();
    }

    private static void requireSameBits(JobConfig job, String prefix, TrainingState state) {
        if (!job.configurationHash().equals(state.configurationHash())) {
            throw CoveyException.caller("the backup " + prefix + " was written by another job (configuration "
                    + state.configurationHash() + ", this one has " + job.configurationHash()
                    + "): delete it, or give backup_and_restore another backup_dir");
        }
    }
}
