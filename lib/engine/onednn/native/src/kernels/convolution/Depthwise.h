// What the three depthwise kernels share: oneDNN's description of a convolution in which every channel of the input is a group of its
// own. Its kernels for these take NHWC as it is; the filter is tfjs's [height, width, channels, filters a channel].
#pragma once
#include "Convolution.h"

namespace iekd {

struct DepthwiseShape {
  ConvShape conv;  // its `outChannels` are channels · filters a channel

  explicit DepthwiseShape(Arguments& in) : conv(in) {}
  explicit DepthwiseShape(const ConvShape& shape) : conv(shape) {}
  DepthwiseShape withBatch(int64_t images) const { return DepthwiseShape(conv.withBatch(images)); }

  int64_t channels() const { return conv.d[3]; }
  int64_t filters() const { return conv.d[6] / conv.d[3]; }
  int64_t filterSize() const { return conv.d[7] * conv.d[8] * conv.d[6]; }

  dnnl::memory::dims weights() const { return {channels(), filters(), 1, conv.d[7], conv.d[8]}; }
  dnnl::memory::desc weightsAny() const { return {weights(), Type::f32, Tag::any}; }
  dnnl::memory::desc weightsUser() const { return {weights(), Type::f32, Tag::hwigo}; }

  dnnl::convolution_forward::primitive_desc forward(const dnnl::memory::desc& weights) const {
    return describe<dnnl::convolution_forward>(dnnl::prop_kind::forward_training, kDirect, conv.sourceDesc(Type::f32), weights,
                                               conv.destinationDesc(Type::f32), conv.strides(), conv.dilation(), conv.paddingBefore(),
                                               conv.paddingAfter());
  }
};

}  // namespace iekd
