package io.covey.trainer.callbacks;

import io.covey.trainer.CoveyException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class CallbacksTest {
    private static String refusal(String name, Map<String, ?> config) {
        CoveyException e = assertThrows(CoveyException.class, () -> Callbacks.of(name, config));
        assertEquals(CoveyException.Category.CALLER, e.category());
        return e.getMessage();
    }

    @Test
    void shouldMakeTheCallbackWhenGivenItsNameAndArguments() {
        assertInstanceOf(
                EarlyStopping.class,
                Callbacks.of("early_stopping", Map.of("monitor", "loss", "patience", 5, "mode", "min")));
        assertInstanceOf(CsvLogger.class, Callbacks.of("csv_logger", Map.of("filename", "log.csv")));
        assertInstanceOf(TensorBoard.class, Callbacks.of("tensor_board", Map.of("update_freq", "batch")));
    }

    @Test
    void shouldSayWhatWasMeantWhenANameIsNotKnown() {
        assertEquals(
                "callback early_stoping is not known; did you mean early_stopping?",
                refusal("early_stoping", Map.of()));
        assertEquals(
                "callback early_stopping has no argument pateince; did you mean patience?",
                refusal("early_stopping", Map.of("pateince", 5)));
    }

    @Test
    void shouldNameTheValueWhenItIsNotAllowed() {
        assertTrue(refusal("early_stopping", Map.of("patience", -1)).contains("patience is -1"));
        assertTrue(refusal("model_checkpoint", Map.of()).contains("filepath"));
        assertTrue(refusal("model_checkpoint", Map.of("filepath", "m.keras", "save_freq", "batch"))
                .contains("save_freq: batch"));
        assertTrue(refusal("csv_logger", Map.of("filename", "f", "semantics", "keras4"))
                .contains("keras3 or keras2"));
        assertTrue(refusal("tensor_board", Map.of("profile_batch", 2)).contains("profile_batch is 2"));
    }
}
