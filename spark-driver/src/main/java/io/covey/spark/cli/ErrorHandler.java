package io.covey.spark.cli;

import io.covey.trainer.CoveyException;
import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every error into one message on standard error and an exit code. */
final class ErrorHandler implements IExecutionExceptionHandler, IParameterExceptionHandler {
    /** The path of the run's log, set when a run begins. */
    private static final String LOG_PROPERTY = "covey.log";

    private final BooleanSupplier stacktrace;

    ErrorHandler(BooleanSupplier stacktrace) {
        this.stacktrace = stacktrace;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("covey: " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for more.");
        return ExitCode.CALLER;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        report(e, command.getErr());
        return ExitCode.of(e);
    }

    private void report(Throwable e, PrintWriter err) {
        String log = System.getProperty(LOG_PROPERTY);
        if (log != null) {
            LoggerFactory.getLogger(ErrorHandler.class).error("the command failed", e);
        }
        if (e instanceof CoveyException) {
            err.println("covey: " + e.getMessage());
        } else {
            err.println("covey: unexpected " + e);
            err.println("This is a bug in Covey. Please report it with the stack trace: "
                    + (log == null ? "run the command again with --stacktrace." : "it is in " + log + "."));
        }
        if (stacktrace.getAsBoolean()) {
            e.printStackTrace(err);
        }
    }
}
