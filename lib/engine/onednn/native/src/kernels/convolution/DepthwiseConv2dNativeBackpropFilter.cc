// The filter's gradient of a depthwise convolution from x and dy.
#include "../../registry.h"
#include "Depthwise.h"

using namespace iekd;

// shape, x, dy, dfilter
IEKD_KERNEL(DepthwiseConv2dNativeBackpropFilter) {
  static PrimitiveCache<std::array<int64_t, 17>, ConvPrimitive> cache;
  const DepthwiseShape shape(in);
  float* x = in.floats(shape.conv.inSize());
  float* dy = in.floats(shape.conv.outSize());
  float* gradient = in.floats(shape.filterSize());
  const ConvPrimitive& p = cache.get(shape.conv.d, [&] {
    const auto describe = [](const DepthwiseShape& s, const auto& weights) {
      return describeGradient<dnnl::convolution_backward_weights>(s.forward(s.weightsAny()), kDirect, s.conv.sourceDesc(Type::f32), weights,
                                                                  s.conv.destinationDesc(Type::f32), s.conv.strides(), s.conv.dilation(),
                                                                  s.conv.paddingBefore(), s.conv.paddingAfter());
    };
    return ConvPrimitive::of(shape, rangesOf(shape.conv), shape.weightsAny(), describe,
                             [](const auto& described) { return described.diff_weights_desc(); }, false);
  });
  FilterParts parts(p, gradient);
  p.run([&](int64_t first, int64_t count, int64_t piece) {
    const ConvShape s = shape.conv.withBatch(count);
    return std::unordered_map<int, dnnl::memory>{{DNNL_ARG_SRC, wrap(s.sourceDesc(Type::f32), x + first * s.inEach())},
                                                 {DNNL_ARG_DIFF_DST, wrap(s.destinationDesc(Type::f32), dy + first * s.outEach())},
                                                 {DNNL_ARG_DIFF_WEIGHTS, wrap(p.weights.get_desc(), parts.of(piece))}};
  });
  parts.finish(shape.weightsUser());
}
