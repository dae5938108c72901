package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import io.covey.trainer.checkpoint.CheckpointDirectory;
import io.covey.trainer.checkpoint.FileProblem;
import io.covey.trainer.checkpoint.FileStore;
import io.covey.trainer.checkpoint.LocalFileStore;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Keras' BackupAndRestore: backs training up after each epoch or every so many batches, so that a {@code fit} that starts anew
 * after a failure goes on from the backup, and deletes the backup when training has ended.
 *
 * <p>A backup is one of Covey's checkpoints. It holds more than Keras': the optimizer's slots, the callbacks' states, the history
 * and the place in the epoch, so that the run that goes on gives the weights of one that was never interrupted. Defaults are
 * Keras': every epoch, one backup, deleted at the end.
 */
public final class BackupAndRestore implements Callback {
    /** {@link #saveFreq} of a backup at the end of each epoch. */
    public static final int EPOCH = 0;

    private final String backupDir;
    private FileStore files = new LocalFileStore();
    private int saveFreq = EPOCH;
    private boolean doubleCheckpoint;
    private boolean deleteCheckpoint = true;
    private CheckpointDirectory directory;
    private Training training;

    BackupAndRestore(String backupDir) {
        this.backupDir = backupDir;
    }

    /** Where the backup goes, by default the local file system. */
    public BackupAndRestore files(FileStore newFiles) {
        files = newFiles;
        return this;
    }

    /** Batches between two backups, counted over epochs; {@link #EPOCH} for a backup at the end of each epoch. */
    public BackupAndRestore saveFreq(int newSaveFreq) {
        saveFreq = newSaveFreq;
        return this;
    }

    /** Whether the backup before the newest is kept too, in case that the newest cannot be read. */
    public BackupAndRestore doubleCheckpoint(boolean newDoubleCheckpoint) {
        doubleCheckpoint = newDoubleCheckpoint;
        return this;
    }

    /** Whether the backup is deleted when training has ended. */
    public BackupAndRestore deleteCheckpoint(boolean newDeleteCheckpoint) {
        deleteCheckpoint = newDeleteCheckpoint;
        return this;
    }

    @Override
    public void check() {
        if (backupDir.isEmpty()) {
            throw CoveyException.caller("Empty `backup_dir` argument passed");
        }
        if (saveFreq < EPOCH) {
            throw CoveyException.caller("BackupAndRestore: save_freq is " + saveFreq
                    + ", it must be 'epoch' or a number of batches of at least 1");
        }
    }

    @Override
    public boolean hearsBatches() {
        return saveFreq != EPOCH;
    }

    /** The backups, which {@code fit} goes on from if there are any. */
    public CheckpointDirectory directory() {
        if (directory == null) {
            directory = new CheckpointDirectory(files, backupDir, doubleCheckpoint ? 2 : 1);
        }
        return directory;
    }

    /** The backup to go on from: the newest that can be read. */
    public Optional<String> newest() {
        return directory().newestValid();
    }

    @Override
    public void onTrainBegin(Training newTraining) {
        training = newTraining;
        directory().sweep();
    }

    @Override
    public void onTrainBatchEnd(long batch, Map<String, Double> logs) {
        if (saveFreq != EPOCH && training.iterations() % saveFreq == 0) {
            training.requestCheckpoint(directory());
        }
    }

    @Override
    public void onEpochEnd(int epoch, Map<String, Double> logs) {
        if (saveFreq == EPOCH) {
            training.requestCheckpoint(directory());
        }
    }

    /** An interrupted run has not ended: its backup stays. */
    @Override
    public void onTrainEnd(Map<String, Double> logs) {
        if (deleteCheckpoint && !training.isInterrupted()) {
            try {
                files.delete(backupDir);
            } catch (IOException e) {
                throw CoveyException.failure("cannot delete the backup " + backupDir + ": " + FileProblem.of(e), e);
            }
        }
    }
}
