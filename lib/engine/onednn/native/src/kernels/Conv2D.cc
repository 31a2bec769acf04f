// y = conv(x, filter): NHWC activations, [height, width, in, out] filter.
#include "Convolution.h"
#include "../registry.h"

using namespace iekd;

IEKD_KERNEL(Conv2D) {
  static PrimitiveCache<std::array<int64_t, 17>, ConvPrimitive> cache;
  const ConvShape shape(in);
  float* x = in.floats(shape.inSize());
  float* filter = in.floats(shape.filterSize());
  float* y = in.floats(shape.outSize());
  ConvPrimitive& p = cache.get(shape.d, [&] {
    const auto desc = shape.forward();
    return ConvPrimitive{dnnl::convolution_forward(desc), dnnl::memory(desc.weights_desc(), cpu()),
                         desc.weights_desc() != shape.weightsUser()};
  });
  dnnl::memory weights = wrap(shape.weightsUser(), filter);
  if (p.reordered) copyLayout(weights, p.weights);
  p.primitive.execute(stream(), {{DNNL_ARG_SRC, wrap(shape.sourceDesc(), x)},
                                 {DNNL_ARG_WEIGHTS, p.reordered ? p.weights : weights},
                                 {DNNL_ARG_DST, wrap(shape.destinationDesc(), y)}});
  stream().wait();
}
