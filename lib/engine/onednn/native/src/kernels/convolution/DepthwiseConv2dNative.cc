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
  const ConvPrimitive& p = cache.get(shape.conv.d, [&] {
    return ConvPrimitive::of(
        shape, cutOf(shape.conv), shape.weightsAny(), [](const DepthwiseShape& s, const auto& weights) { return s.forward(weights); },
        [](const auto& described) { return described.weights_desc(); });
  });
  const dnnl::memory weights = p.ordered(wrap(shape.weightsUser(), filter));
  p.run([&](int64_t first, int64_t count, int64_t) {
    const ConvShape s = shape.conv.withBatch(count);
    return std::unordered_map<int, dnnl::memory>{{DNNL_ARG_SRC, wrap(s.sourceDesc(Type::f32), x + first * s.inEach())},
                                                 {DNNL_ARG_WEIGHTS, weights},
                                                 {DNNL_ARG_DST, wrap(s.destinationDesc(Type::f32), y + first * s.outEach())}};
  });
}
