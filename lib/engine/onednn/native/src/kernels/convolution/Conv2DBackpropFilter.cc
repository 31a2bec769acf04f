// The filter's gradient from x and dy; float32 whatever they are.
#include "Convolution.h"
#include "../../registry.h"

using namespace iekd;

IEKD_KERNEL(Conv2DBackpropFilter) {
  static PrimitiveCache<ConvKey, ConvPrimitive> cache;
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    constexpr Type type = kTypeOf<Map>;
    const ConvShape shape(in);
    Map* x = in.maps<Map>(shape.inSize());
    Map* dy = in.maps<Map>(shape.outSize());
    float* gradient = in.floats(shape.filterSize());
    const ConvPrimitive& p = cache.get({shape.d, type}, [&] {
      const auto describe = [&](const ConvShape& s, const auto& weights) {
        return describeGradient<dnnl::convolution_backward_weights>(s.forward(type, s.weightsAny(type)), kDirect, s.sourceDesc(type),
                                                                    weights, s.destinationDesc(type), s.strides(), s.dilation(),
                                                                    s.paddingBefore(), s.paddingAfter());
      };
      return ConvPrimitive::of(shape, rangesOf(shape), shape.weightsAny(Type::f32), describe,
                               [](const auto& described) { return described.diff_weights_desc(); }, false);
    });
    FilterParts parts(p, gradient);
    p.run([&](int64_t first, int64_t count, int64_t piece) {
      const ConvShape s = shape.withBatch(count);
      return std::unordered_map<int, dnnl::memory>{{DNNL_ARG_SRC, wrap(s.sourceDesc(type), x + first * s.inEach())},
                                                   {DNNL_ARG_DIFF_DST, wrap(s.destinationDesc(type), dy + first * s.outEach())},
                                                   {DNNL_ARG_DIFF_WEIGHTS, wrap(p.weights.get_desc(), parts.of(piece))}};
    });
    parts.finish(shape.weightsUser());
  });
}
