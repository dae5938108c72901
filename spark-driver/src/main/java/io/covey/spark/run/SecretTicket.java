package io.covey.spark.run;

import io.covey.server.security.JobSecret;
import io.covey.trainer.CoveyException;
import java.io.Serializable;
import org.apache.spark.SparkEnv;

/**
 * What a task is given to know its run's secret. Where Spark authenticates its processes they have a secret in common already:
 * then only a salt travels, and both ends derive the run's secret from Spark's. Else the secret itself is in the task, which is
 * as safe as Spark's own connections are.
 */
final class SecretTicket implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] salt;
    private final JobSecret secret;

    private SecretTicket(byte[] salt, JobSecret secret) {
        this.salt = salt;
        this.secret = secret;
    }

    /** A ticket for a new run of the driver whose environment this is. */
    static SecretTicket issue(SparkEnv env) {
        return env.securityManager().isAuthenticationEnabled()
                ? new SecretTicket(JobSecret.randomBytes(), null)
                : new SecretTicket(null, JobSecret.random());
    }

    /**
     * The run's secret.
     *
     * @throws CoveyException a caller's error when this process does not have the secret that Spark had in the driver
     */
    JobSecret redeem(SparkEnv env) {
        if (secret != null) {
            return secret;
        }
        if (!env.securityManager().isAuthenticationEnabled()) {
            throw CoveyException.caller("the driver has spark.authenticate=true, executor " + env.executorId()
                    + " has not: set it for both");
        }
        return JobSecret.derived(env.securityManager().getSecretKey(), salt);
    }
}
