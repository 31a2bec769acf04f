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
    ConvPrimitive& p = cache.get({shape.d, type}, [&] {
      const auto desc = shape.forward(type);
      return ConvPrimitive{dnnl::convolution_forward(desc), dnnl::memory(desc.weights_desc(), cpu()),
                           desc.weights_desc() != shape.weightsUser()};
    });
    dnnl::memory weights = wrap(shape.weightsUser(), filter);
    if (p.reordered) copyLayout(weights, p.weights);
    p.primitive.execute(stream(), {{DNNL_ARG_SRC, wrap(shape.sourceDesc(type), x)},
                                   {DNNL_ARG_WEIGHTS, p.reordered ? p.weights : weights},
                                   {DNNL_ARG_DST, wrap(shape.destinationDesc(type), y)}});
    stream().wait();
  });
}
