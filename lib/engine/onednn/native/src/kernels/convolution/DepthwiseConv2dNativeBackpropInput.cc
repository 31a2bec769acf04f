// dx of a depthwise convolution from dy and the filter.
#include "../../registry.h"
#include "Depthwise.h"

using namespace iekd;

// shape of the forward pass, dy, filter, dx
IEKD_KERNEL(DepthwiseConv2dNativeBackpropInput) {
  static PrimitiveCache<std::array<int64_t, 17>, ConvPrimitive> cache;
  const DepthwiseShape shape(in);
  float* dy = in.floats(shape.conv.outSize());
  float* filter = in.floats(shape.filterSize());
  float* dx = in.floats(shape.conv.inSize());
  const ConvPrimitive& p = cache.get(shape.conv.d, [&] {
    const auto describe = [](const DepthwiseShape& s, const auto& weights) {
      return describeGradient<dnnl::convolution_backward_data>(s.forward(s.weightsAny()), kDirect, s.conv.sourceDesc(Type::f32), weights,
                                                               s.conv.destinationDesc(Type::f32), s.conv.strides(), s.conv.dilation(),
                                                               s.conv.paddingBefore(), s.conv.paddingAfter());
    };
    return ConvPrimitive::of(shape, cutOf(shape.conv), shape.weightsAny(), describe,
                             [](const auto& described) { return described.weights_desc(); });
  });
  const dnnl::memory weights = p.ordered(wrap(shape.weightsUser(), filter));
  p.run([&](int64_t first, int64_t count, int64_t) {
    const ConvShape s = shape.conv.withBatch(count);
    return std::unordered_map<int, dnnl::memory>{{DNNL_ARG_DIFF_DST, wrap(s.destinationDesc(Type::f32), dy + first * s.outEach())},
                                                 {DNNL_ARG_WEIGHTS, weights},
                                                 {DNNL_ARG_DIFF_SRC, wrap(s.sourceDesc(Type::f32), dx + first * s.inEach())}};
  });
}
