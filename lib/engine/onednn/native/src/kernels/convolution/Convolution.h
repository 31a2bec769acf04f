// What the three convolution kernels share: the shape of a call and oneDNN's description of it.
#pragma once
#include <type_traits>

#include "../../arguments.h"
#include "../../dnnl.h"

namespace iekd {

using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

template <class Map>
constexpr Type kTypeOf = std::is_same_v<Map, float> ? Type::f32 : Type::bf16;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

// Dimensions in the order in which TypeScript passes them (kernels/convolution/convolution.ts).
struct ConvShape {
  std::array<int64_t, 17> d;
  explicit ConvShape(Arguments& in) {
    for (auto& v : d) v = in.dim();
  }
  int64_t batch() const { return d[0]; }
  int64_t inSize() const { return d[0] * d[1] * d[2] * d[3]; }
  int64_t outSize() const { return d[0] * d[4] * d[5] * d[6]; }
  int64_t filterSize() const { return d[7] * d[8] * d[3] * d[6]; }

  dnnl::memory::dims source() const { return {d[0], d[3], d[1], d[2]}; }
  dnnl::memory::dims destination() const { return {d[0], d[6], d[4], d[5]}; }
  dnnl::memory::dims weights() const { return {d[6], d[3], d[7], d[8]}; }
  dnnl::memory::dims strides() const { return {d[9], d[10]}; }
  dnnl::memory::dims dilation() const { return {d[11] - 1, d[12] - 1}; }  // oneDNN counts the gap, tfjs the step
  dnnl::memory::dims paddingBefore() const { return {d[13], d[15]}; }
  dnnl::memory::dims paddingAfter() const { return {d[14], d[16]}; }

  dnnl::memory::desc sourceDesc(Type type) const { return {source(), type, Tag::nhwc}; }
  dnnl::memory::desc destinationDesc(Type type) const { return {destination(), type, Tag::nhwc}; }
  dnnl::memory::desc weightsAny(Type type) const { return {weights(), type, Tag::any}; }
  dnnl::memory::desc weightsUser() const { return {weights(), Type::f32, Tag::hwio}; }

  dnnl::convolution_forward::primitive_desc forward(Type type) const {
    return describe<dnnl::convolution_forward>(dnnl::prop_kind::forward_training, kDirect, sourceDesc(type), weightsAny(type),
                                               destinationDesc(type), strides(), dilation(), paddingBefore(), paddingAfter());
  }
};

// A primitive with room for the weights in the layout and type it wants; tfjs's [height, width, in, out] is reordered at each call.
struct ConvPrimitive {
  dnnl::primitive primitive;
  dnnl::memory weights;
  bool reordered;
};

// What a primitive is kept by: the shape and how maps are kept.
using ConvKey = std::pair<std::array<int64_t, 17>, Type>;

inline void copyLayout(dnnl::memory from, dnnl::memory to) { dnnl::reorder(from, to).execute(stream(), from, to); }

}  // namespace iekd
