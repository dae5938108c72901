package io.covey.trainer.engine.dense;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20)
class ProductChoiceTest {
    private static final ProductChoice AVX2 = new ProductChoice(false);
    private static final ProductChoice AVX512 = new ProductChoice(true);

    /** Packed from 263 rows on; 1,000 and 3,072 are no powers of two. */
    @ParameterizedTest
    @CsvSource({
        "128,2048,true",
        "16,512,true",
        "15,512,false",
        "128,256,false",
        "128,1000,false",
        "128,3072,false",
        "600,2048,false"
    })
    void shouldPackKernelsWhoseColumnsConflictWhenThereIsNoAvx512(int rows, int units, boolean isMatmul) {
        assertEquals(isMatmul, AVX2.isForwardMatmul(rows, units));
        assertFalse(AVX512.isForwardMatmul(rows, units));
    }

    @ParameterizedTest
    @CsvSource({
        "64,4096,256,true",
        "512,300,1024,true",
        "513,300,1024,false",
        "32,784,300,false",
        "32,2048,2048,false",
        "32,1024,10,false",
        "32,1,2048,false"
    })
    void shouldPackNarrowWeightGradientsWhenThereIsNoAvx512(int rows, int inputs, int units, boolean isMatmul) {
        assertEquals(isMatmul, AVX2.isWeightGradientMatmul(rows, inputs, units));
        assertFalse(AVX512.isWeightGradientMatmul(rows, inputs, units));
    }

    @Test
    void shouldPackLargeInputGradientsOnlyWhenThereIsAvx512() {
        assertTrue(AVX512.isInputGradientMatmul(16, 300, 200));
        assertFalse(AVX512.isInputGradientMatmul(15, 300, 200));
        assertFalse(AVX512.isInputGradientMatmul(16, 100, 10));
        assertFalse(AVX2.isInputGradientMatmul(16, 300, 200));
    }
}
