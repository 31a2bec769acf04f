// y = conv(x, filter): NHWC activations, [height, width, in, out] filter.
#include "Convolution.h"
#include "../../registry.h"

using namespace iekd;

IEKD_KERNEL(Conv2D) {
  static PrimitiveCache<ConvKey, ConvPrimitive> cache;
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    constexpr Type type = kTypeOf<Map>;
    const ConvShape shape(in);
    Map* x = in.maps<Map>(shape.inSize());
    float* filter = in.floats(shape.filterSize());
    Map* y = in.maps<Map>(shape.outSize());
    const ConvPrimitive& p = cache.get({shape.d, type}, [&] {
      return ConvPrimitive::of(
          shape, cutOf(shape), shape.weightsAny(type), [&](const ConvShape& s, const auto& weights) { return s.forward(type, weights); },
          [](const auto& described) { return described.weights_desc(); });
    });
    const dnnl::memory weights = p.ordered(wrap(shape.weightsUser(), filter));
    p.run([&](int64_t first, int64_t count, int64_t) {
      const ConvShape s = shape.withBatch(count);
      return std::unordered_map<int, dnnl::memory>{{DNNL_ARG_SRC, wrap(s.sourceDesc(type), x + first * s.inEach())},
                                                   {DNNL_ARG_WEIGHTS, weights},
                                                   {DNNL_ARG_DST, wrap(s.destinationDesc(type), y + first * s.outEach())}};
    });
  });
}
