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
    ConvPrimitive& p = cache.get({shape.d, type}, [&] {
      const auto desc = describeGradient<dnnl::convolution_backward_data>(
          shape.forward(type), kDirect, shape.sourceDesc(type), shape.weightsAny(type), shape.destinationDesc(type), shape.strides(),
          shape.dilation(), shape.paddingBefore(), shape.paddingAfter());
      return ConvPrimitive{dnnl::convolution_backward_data(desc), dnnl::memory(desc.weights_desc(), cpu()),
                           desc.weights_desc() != shape.weightsUser()};
    });
    dnnl::memory weights = wrap(shape.weightsUser(), filter);
    if (p.reordered) copyLayout(weights, p.weights);
    p.primitive.execute(stream(), {{DNNL_ARG_DIFF_DST, wrap(shape.destinationDesc(type), dy)},
                                   {DNNL_ARG_WEIGHTS, p.reordered ? p.weights : weights},
                                   {DNNL_ARG_DIFF_SRC, wrap(shape.sourceDesc(type), dx)}});
    stream().wait();
  });
}
