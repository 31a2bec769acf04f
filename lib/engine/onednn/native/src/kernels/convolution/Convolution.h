// What the three convolution kernels share: the shape of a call and oneDNN's description of it.
#pragma once
#include <cstring>
#include <type_traits>
#include <vector>

#include "../../arguments.h"
#include "BlockedFilter.h"

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
  ConvShape withBatch(int64_t images) const {
    ConvShape s = *this;
    s.d[0] = images;
    return s;
  }
  int64_t inEach() const { return d[1] * d[2] * d[3]; }
  int64_t outEach() const { return d[4] * d[5] * d[6]; }
  int64_t inSize() const { return d[0] * inEach(); }
  int64_t outSize() const { return d[0] * outEach(); }
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

  dnnl::convolution_forward::primitive_desc forward(Type type, const dnnl::memory::desc& weights) const {
    return describe<dnnl::convolution_forward>(dnnl::prop_kind::forward_training, kDirect, sourceDesc(type), weights,
                                               destinationDesc(type), strides(), dilation(), paddingBefore(), paddingAfter());
  }
};

// A convolution of some images at a time, and room for the weights in the layout and type it wants; tfjs's [height, width, in, out] is
// reordered at each call.
struct ConvPrimitive {
  Cut cut;
  Step most, least;  // for the two numbers of images that pieces have
  dnnl::memory weights;
  bool reordered;
  BlockedFilter places;
  dnnl::reorder order;  // where the places are not known: from tfjs's layout, or of a gradient to it

  // @param describe of a shape and a layout of the weights @param weightsOf the layout that a description has come to
  template <class Shape, class Describe, class WeightsOf>
  static ConvPrimitive of(const Shape& shape, const Cut& cut, const dnnl::memory::desc& any, Describe describe, WeightsOf weightsOf,
                          bool fromUser = true) {
    const auto most = describe(shape.withBatch(cut.most()), any);
    const dnnl::memory::desc weights = weightsOf(most), given = shape.weightsUser();
    const Step step = Step::of(most), other = cut.least() == cut.most() ? step : Step::of(describe(shape.withBatch(cut.least()), weights));
    const dnnl::memory own(weights, cpu()), user(given, cpu(), nullptr);
    // What stands between the values is zero, and stays it.
    std::memset(own.get_data_handle(), 0, weights.get_size());
    return {cut, step, other, own, weights != given, typeOf(weights) == Type::f32 ? BlockedFilter(given, weights) : BlockedFilter(),
            fromUser ? dnnl::reorder(user, own) : dnnl::reorder(own, user)};
  }

  // The weights as the primitive wants them, of those that are given as tfjs has them.
  dnnl::memory ordered(const dnnl::memory& given) const {
    if (!reordered) return given;
    dnnl::memory from = given, to = weights;
    if (places.known()) {
      places.fromUser(static_cast<const float*>(from.get_data_handle()), static_cast<float*>(to.get_data_handle()));
      return to;
    }
    oneThreadHere();
    order.execute(stream(), from, to);
    stream().wait();
    return to;
  }

  // Runs every piece, with arguments(first image, images, piece).
  template <class Arguments>
  void run(Arguments arguments) const {
    cut.over([&](int64_t first, int64_t count, int64_t piece) {
      (count == cut.most() ? most : least).run(arguments(first, count, piece));
    });
  }
};

// Images are cut over the threads, two at a time at least.
inline Cut cutOf(const ConvShape& s) { return Cut::of(s.batch(), s.inSize() + s.outSize(), 2); }

// One range a thread, for sums over images.
inline Cut rangesOf(const ConvShape& s) { return Cut::of(s.batch(), s.inSize() + s.outSize(), s.batch()); }

// What a primitive is kept by: the shape and how maps are kept.
using ConvKey = std::pair<std::array<int64_t, 17>, Type>;

// The sum of what the pieces of a batch have found of a filter's gradient, in their order, as tfjs has it.
class FilterParts {
 public:
  FilterParts(const ConvPrimitive& p, float* gradient) : p_(p), gradient_(gradient), size_(p.weights.get_desc().get_size() / sizeof(float)) {
    if (direct()) return;
    room().resize(size_ * p.cut.pieces());
  }

  float* of(int64_t piece) { return direct() ? gradient_ : room().data() + size_ * piece; }

  void finish(const dnnl::memory::desc& user) {
    if (direct()) return;
    const int64_t pieces = p_.cut.pieces();
    float* sum = room().data();
    parallelPieces(size_, size_ * pieces, [&](int64_t first, int64_t last) {
      for (int64_t piece = 1; piece < pieces; piece++)
        for (int64_t i = first; i < last; i++) sum[i] += sum[piece * size_ + i];
    });
    if (p_.places.known()) return p_.places.toUser(sum, gradient_);
    oneThreadHere();
    dnnl::memory from = wrap(p_.weights.get_desc(), sum), to = wrap(user, gradient_);
    p_.order.execute(stream(), from, to);
    stream().wait();
  }

 private:
  bool direct() const { return !p_.reordered && p_.cut.pieces() == 1; }

  static std::vector<float>& room() {
    static std::vector<float> kept;
    return kept;
  }

  const ConvPrimitive& p_;
  float* gradient_;
  int64_t size_;
};

}  // namespace iekd
