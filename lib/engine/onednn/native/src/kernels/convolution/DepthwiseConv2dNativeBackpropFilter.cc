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
  ConvPrimitive& p = cache.get(shape.conv.d, [&] {
    const auto desc = describeGradient<dnnl::convolution_backward_weights>(
        shape.forward(), kDirect, shape.conv.sourceDesc(Type::f32), shape.weightsAny(), shape.conv.destinationDesc(Type::f32),
        shape.conv.strides(), shape.conv.dilation(), shape.conv.paddingBefore(), shape.conv.paddingAfter());
    return ConvPrimitive{dnnl::convolution_backward_weights(desc), dnnl::memory(desc.diff_weights_desc(), cpu()),
                         desc.diff_weights_desc() != shape.weightsUser()};
  });
  dnnl::memory out = wrap(shape.weightsUser(), gradient);
  p.primitive.execute(stream(), {{DNNL_ARG_SRC, wrap(shape.conv.sourceDesc(Type::f32), x)},
                                 {DNNL_ARG_DIFF_DST, wrap(shape.conv.destinationDesc(Type::f32), dy)},
                                 {DNNL_ARG_DIFF_WEIGHTS, p.reordered ? p.weights : out}});
  if (p.reordered) copyLayout(p.weights, out);
  stream().wait();
}
