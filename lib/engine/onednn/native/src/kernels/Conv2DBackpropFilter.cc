// The filter's gradient from x and dy.
#include "Convolution.h"
#include "../registry.h"

using namespace iekd;

IEKD_KERNEL(Conv2DBackpropFilter) {
  static PrimitiveCache<std::array<int64_t, 17>, ConvPrimitive> cache;
  const ConvShape shape(in);
  float* x = in.floats(shape.inSize());
  float* dy = in.floats(shape.outSize());
  float* gradient = in.floats(shape.filterSize());
  ConvPrimitive& p = cache.get(shape.d, [&] {
    const dnnl::convolution_backward_weights::primitive_desc desc(
        {kDirect, shape.sourceDesc(), shape.weightsAny(), shape.destinationDesc(), shape.strides(), shape.dilation(),
         shape.paddingBefore(), shape.paddingAfter()},
        cpu(), shape.forward());
    return ConvPrimitive{dnnl::convolution_backward_weights(desc), dnnl::memory(desc.diff_weights_desc(), cpu()),
                         desc.diff_weights_desc() != shape.weightsUser()};
  });
  dnnl::memory out = wrap(shape.weightsUser(), gradient);
  p.primitive.execute(stream(), {{DNNL_ARG_SRC, wrap(shape.sourceDesc(), x)},
                                 {DNNL_ARG_DIFF_DST, wrap(shape.destinationDesc(), dy)},
                                 {DNNL_ARG_DIFF_WEIGHTS, p.reordered ? p.weights : out}});
  if (p.reordered) copyLayout(p.weights, out);
  stream().wait();
}
