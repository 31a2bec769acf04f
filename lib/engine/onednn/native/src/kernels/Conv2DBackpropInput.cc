// dx of a convolution from dy and the filter.
#include "Convolution.h"
#include "../registry.h"

using namespace iekd;

IEKD_KERNEL(Conv2DBackpropInput) {
  static PrimitiveCache<std::array<int64_t, 17>, ConvPrimitive> cache;
  const ConvShape shape(in);
  float* dy = in.floats(shape.outSize());
  float* filter = in.floats(shape.filterSize());
  float* dx = in.floats(shape.inSize());
  ConvPrimitive& p = cache.get(shape.d, [&] {
    const dnnl::convolution_backward_data::primitive_desc desc(
        {kDirect, shape.sourceDesc(), shape.weightsAny(), shape.destinationDesc(), shape.strides(), shape.dilation(),
         shape.paddingBefore(), shape.paddingAfter()},
        cpu(), shape.forward());
    return ConvPrimitive{dnnl::convolution_backward_data(desc), dnnl::memory(desc.weights_desc(), cpu()),
                         desc.weights_desc() != shape.weightsUser()};
  });
  dnnl::memory weights = wrap(shape.weightsUser(), filter);
  if (p.reordered) copyLayout(weights, p.weights);
  p.primitive.execute(stream(), {{DNNL_ARG_DIFF_DST, wrap(shape.destinationDesc(), dy)},
                                 {DNNL_ARG_WEIGHTS, p.reordered ? p.weights : weights},
                                 {DNNL_ARG_DIFF_SRC, wrap(shape.sourceDesc(), dx)}});
  stream().wait();
}
