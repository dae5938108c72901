package io.covey.spark.run;

import io.covey.server.security.JobSecret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** The way of a run's secret into a task. */
@Timeout(300)
class SecretTicketTest {
    private static final String SPARKS_SECRET = "known-to-all-of-spark";
    private static final String JOB_SECRET_CLASS = "JobSecret";

    @Test
    void shouldCarryTheSecretWhereSparkHasNone() throws Exception {
        inSpark(new SparkConf(), env -> {
            SecretTicket ticket = SecretTicket.issue(env);
            JobSecret secret = ticket.redeem(env);
            assertEquals(secret, read(write(ticket)).redeem(env));
            assertNotEquals(secret, SecretTicket.issue(env).redeem(env));
        });
    }

    @Test
    void shouldCarryOnlyASaltWhereSparkAuthenticates() throws Exception {
        SparkConf conf =
                new SparkConf().set("spark.authenticate", "true").set("spark.authenticate.secret", SPARKS_SECRET);
        inSpark(conf, env -> {
            SecretTicket ticket = SecretTicket.issue(env);
            byte[] sent = write(ticket);
            String text = new String(sent, StandardCharsets.ISO_8859_1);
            assertFalse(text.contains(SPARKS_SECRET));
            // The field's type is named, an object of it is not there.
            assertEquals(text.indexOf(JOB_SECRET_CLASS), text.lastIndexOf(JOB_SECRET_CLASS));
            assertEquals(ticket.redeem(env), read(sent).redeem(env));
            assertNotEquals(ticket.redeem(env), SecretTicket.issue(env).redeem(env));
        });
    }

    private interface Action {
        void accept(SparkEnv env) throws Exception;
    }

    private static void inSpark(SparkConf conf, Action action) throws Exception {
        conf.setMaster("local[1]").setAppName("secret");
        conf.set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1");
        SparkContext spark = new SparkContext(conf);
        try {
            action.accept(spark.env());
        } finally {
            spark.stop();
        }
    }

    private static byte[] write(SecretTicket ticket) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(ticket);
        }
        return bytes.toByteArray();
    }

    private static SecretTicket read(byte[] bytes) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return (SecretTicket) in.readObject();
        }
    }
}
