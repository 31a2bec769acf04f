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
    ConvPrimitive& p = cache.get({shape.d, type}, [&] {
      const auto desc = describeGradient<dnnl::convolution_backward_weights>(
          shape.forward(type), kDirect, shape.sourceDesc(type), shape.weightsAny(Type::f32), shape.destinationDesc(type),
          shape.strides(), shape.dilation(), shape.paddingBefore(), shape.paddingAfter());
      return ConvPrimitive{dnnl::convolution_backward_weights(desc), dnnl::memory(desc.diff_weights_desc(), cpu()),
                           desc.diff_weights_desc() != shape.weightsUser()};
    });
    dnnl::memory out = wrap(shape.weightsUser(), gradient);
    p.primitive.execute(stream(), {{DNNL_ARG_SRC, wrap(shape.sourceDesc(type), x)},
                                   {DNNL_ARG_DIFF_DST, wrap(shape.destinationDesc(type), dy)},
                                   {DNNL_ARG_DIFF_WEIGHTS, p.reordered ? p.weights : out}});
    if (p.reordered) copyLayout(p.weights, out);
    stream().wait();
  });
}
