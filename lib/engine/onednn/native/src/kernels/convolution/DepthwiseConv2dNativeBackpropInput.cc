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
  ConvPrimitive& p = cache.get(shape.conv.d, [&] {
    const auto desc = describeGradient<dnnl::convolution_backward_data>(
        shape.forward(), kDirect, shape.conv.sourceDesc(Type::f32), shape.weightsAny(), shape.conv.destinationDesc(Type::f32),
        shape.conv.strides(), shape.conv.dilation(), shape.conv.paddingBefore(), shape.conv.paddingAfter());
    return ConvPrimitive{dnnl::convolution_backward_data(desc), dnnl::memory(desc.weights_desc(), cpu()),
                         desc.weights_desc() != shape.weightsUser()};
  });
  dnnl::memory weights = wrap(shape.weightsUser(), filter);
  if (p.reordered) copyLayout(weights, p.weights);
  p.primitive.execute(stream(), {{DNNL_ARG_DIFF_DST, wrap(shape.conv.destinationDesc(Type::f32), dy)},
                                 {DNNL_ARG_WEIGHTS, p.reordered ? p.weights : weights},
                                 {DNNL_ARG_DIFF_SRC, wrap(shape.conv.sourceDesc(Type::f32), dx)}});
  stream().wait();
}
