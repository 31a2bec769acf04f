// y[n, h, w, c · m + q] = Σ over r, k of x[n, h · stride + r − top, w · stride + k − left, c] · filter[r, k, c, q], m filters a channel.
#include "../../registry.h"
#include "Depthwise.h"

using namespace iekd;

// shape, x, filter, y
IEKD_KERNEL(DepthwiseConv2dNative) {
  static PrimitiveCache<std::array<int64_t, 17>, ConvPrimitive> cache;
  const DepthwiseShape shape(in);
  float* x = in.floats(shape.conv.inSize());
  float* filter = in.floats(shape.filterSize());
  float* y = in.floats(shape.conv.outSize());
  ConvPrimitive& p = cache.get(shape.conv.d, [&] {
    const auto desc = shape.forward();
    return ConvPrimitive{dnnl::convolution_forward(desc), dnnl::memory(desc.weights_desc(), cpu()),
                         desc.weights_desc() != shape.weightsUser()};
  });
  dnnl::memory weights = wrap(shape.weightsUser(), filter);
  if (p.reordered) copyLayout(weights, p.weights);
  p.primitive.execute(stream(), {{DNNL_ARG_SRC, wrap(shape.conv.sourceDesc(Type::f32), x)},
                                 {DNNL_ARG_WEIGHTS, p.reordered ? p.weights : weights},
                                 {DNNL_ARG_DST, wrap(shape.conv.destinationDesc(Type::f32), y)}});
  stream().wait();
}
