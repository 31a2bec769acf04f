// dx of a convolution from dy and the filter.
#include "Convolution.h"
#include "../../registry.h"

using namespace iekd;

IEKD_KERNEL(Conv2DBackpropInput) {
  static PrimitiveCache<ConvKey, ConvPrimitive> cache;
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    constexpr Type type = kTypeOf<Map>;
    const ConvShape shape(in);
    Map* dy = in.maps<Map>(shape.outSize());
    float* filter = in.floats(shape.filterSize());
    Map* dx = in.maps<Map>(shape.inSize());
    const ConvPrimitive& p = cache.get({shape.d, type}, [&] {
      const auto describe = [&](const ConvShape& s, const auto& weights) {
        return describeGradient<dnnl::convolution_backward_data>(s.forward(type, s.weightsAny(type)), kDirect, s.sourceDesc(type), weights,
                                                                 s.destinationDesc(type), s.strides(), s.dilation(), s.paddingBefore(),
                                                                 s.paddingAfter());
      };
      return ConvPrimitive::of(shape, cutOf(shape), shape.weightsAny(type), describe,
                               [](const auto& described) { return described.weights_desc(); });
    });
    const dnnl::memory weights = p.ordered(wrap(shape.weightsUser(), filter));
    p.run([&](int64_t first, int64_t count, int64_t) {
      const ConvShape s = shape.withBatch(count);
      return std::unordered_map<int, dnnl::memory>{{DNNL_ARG_DIFF_DST, wrap(s.destinationDesc(type), dy + first * s.outEach())},
                                                   {DNNL_ARG_WEIGHTS, weights},
                                                   {DNNL_ARG_DIFF_SRC, wrap(s.sourceDesc(type), dx + first * s.inEach())}};
    });
  });
}
