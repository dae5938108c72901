package io.covey.trainer.engine.convolution;

import io.covey.trainer.engine.Onednn;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** oneDNN's two families of primitives that convolve, which take the same arguments. */
enum Kind {
    CONVOLUTION {
        @Override
        int forward(
                dnnl_primitive_desc target,
                int propagation,
                dnnl_memory_desc source,
                dnnl_memory_desc kernel,
                dnnl_memory_desc bias,
                dnnl_memory_desc destination,
                Geometry g,
                dnnl_primitive_attr attributes) {
            return dnnl.dnnl_convolution_forward_primitive_desc_create(
                    target,
                    Onednn.engine(),
                    propagation,
                    dnnl.dnnl_convolution_direct,
                    source,
                    kernel,
                    bias,
                    destination,
                    g.strides,
                    g.dilation,
                    g.before,
                    g.after,
                    attributes);
        }

        @Override
        int backwardData(
                dnnl_primitive_desc target,
                dnnl_memory_desc source,
                dnnl_memory_desc kernel,
                dnnl_memory_desc destination,
                Geometry g,
                dnnl_primitive_desc hint,
                dnnl_primitive_attr attributes) {
            return dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                    target,
                    Onednn.engine(),
                    dnnl.dnnl_convolution_direct,
                    source,
                    kernel,
                    destination,
                    g.strides,
                    g.dilation,
                    g.before,
                    g.after,
                    hint,
                    attributes);
        }

        @Override
        int backwardWeights(
                dnnl_primitive_desc target,
                dnnl_memory_desc source,
                dnnl_memory_desc kernel,
                dnnl_memory_desc bias,
                dnnl_memory_desc destination,
                Geometry g,
                dnnl_primitive_desc hint,
                dnnl_primitive_attr attributes) {
            return dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                    target,
                    Onednn.engine(),
                    dnnl.dnnl_convolution_direct,
                    source,
                    kernel,
                    bias,
                    destination,
                    g.strides,
                    g.dilation,
                    g.before,
                    g.after,
                    hint,
                    attributes);
        }
    },
    /** The window of a transposed convolution slides over its output. */
    TRANSPOSED {
        @Override
        int forward(
                dnnl_primitive_desc target,
                int propagation,
                dnnl_memory_desc source,
                dnnl_memory_desc kernel,
                dnnl_memory_desc bias,
                dnnl_memory_desc destination,
                Geometry g,
                dnnl_primitive_attr attributes) {
            return dnnl.dnnl_deconvolution_forward_primitive_desc_create(
                    target,
                    Onednn.engine(),
                    propagation,
                    dnnl.dnnl_deconvolution_direct,
                    source,
                    kernel,
                    bias,
                    destination,
                    g.strides,
                    g.dilation,
                    g.before,
                    g.after,
                    attributes);
        }

        @Override
        int backwardData(
                dnnl_primitive_desc target,
                dnnl_memory_desc source,
                dnnl_memory_desc kernel,
                dnnl_memory_desc destination,
                Geometry g,
                dnnl_primitive_desc hint,
                dnnl_primitive_attr attributes) {
            return dnnl.dnnl_deconvolution_backward_data_primitive_desc_create(
                    target,
                    Onednn.engine(),
                    dnnl.dnnl_deconvolution_direct,
                    source,
                    kernel,
                    destination,
                    g.strides,
                    g.dilation,
                    g.before,
                    g.after,
                    hint,
                    attributes);
        }

        @Override
        int backwardWeights(
                dnnl_primitive_desc target,
                dnnl_memory_desc source,
                dnnl_memory_desc kernel,
                dnnl_memory_desc bias,
                dnnl_memory_desc destination,
                Geometry g,
                dnnl_primitive_desc hint,
                dnnl_primitive_attr attributes) {
            return dnnl.dnnl_deconvolution_backward_weights_primitive_desc_create(
                    target,
                    Onednn.engine(),
                    dnnl.dnnl_deconvolution_direct,
                    source,
                    kernel,
                    bias,
                    destination,
                    g.strides,
                    g.dilation,
                    g.before,
                    g.after,
                    hint,
                    attributes);
        }
    };

    abstract int forward(
            dnnl_primitive_desc target,
            int propagation,
            dnnl_memory_desc source,
            dnnl_memory_desc kernel,
            dnnl_memory_desc bias,
            dnnl_memory_desc destination,
            Geometry geometry,
            dnnl_primitive_attr attributes);

    abstract int backwardData(
            dnnl_primitive_desc target,
            dnnl_memory_desc source,
            dnnl_memory_desc kernel,
            dnnl_memory_desc destination,
            Geometry geometry,
            dnnl_primitive_desc hint,
            dnnl_primitive_attr attributes);

    abstract int backwardWeights(
            dnnl_primitive_desc target,
            dnnl_memory_desc source,
            dnnl_memory_desc kernel,
            dnnl_memory_desc bias,
            dnnl_memory_desc destination,
            Geometry geometry,
            dnnl_primitive_desc hint,
            dnnl_primitive_attr attributes);
}
