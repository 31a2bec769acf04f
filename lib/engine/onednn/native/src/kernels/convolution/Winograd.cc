// Convolutions by Winograd's minimal filtering, alone and fused with the batch norm that follows. TypeScript asks for them where
// the shape fits (`fitsWinograd` in kernels/convolution/convolution.ts); what does not fit is refused here once more.
#include "../../winograd/Winograd.h"

#include "../../normalise/Backward.h"
#include "../../normalise/Forward.h"
#include "../../registry.h"
#include "../../winograd/emitters.h"
#include "../../winograd/filterGradient.h"
#include "../../winograd/strips.h"
#include "Convolution.h"

using namespace iekd;
using winograd::F2;
using winograd::F4;
using winograd::FilterGradient;
using winograd::Shape;

namespace {

// The shape of a call: batch, height, width, from, outHeight, outWidth, to, 3, 3, 1, 1, 1, 1, top, bottom, left, right.
Shape fitting(Arguments& in, const ConvShape& conv) {
  const auto& d = conv.d;
  const bool filter = d[7] == 3 && d[8] == 3 && d[9] == 1 && d[10] == 1 && d[11] == 1 && d[12] == 1;
  const bool channels = d[3] % kLanes == 0 && d[6] % kLanes == 0 && conv.filterSize() > 0 && conv.outSize() > 0;
  const bool padding = std::max({d[13], d[14], d[15], d[16]}) <= 2;
  const bool sizes = d[4] == d[1] + d[13] + d[14] - 2 && d[5] == d[2] + d[15] + d[16] - 2;
  if (!filter || !channels || !padding || !sizes) in.fail("a 3×3 convolution of stride 1 over whole registers of channels");
  return {d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[13], d[15]};
}

// One range of images a thread, since a tile's neighbours are in its image, and each range has sums.
template <class Body>
void overImages(const Shape& s, Body body) {
  parallelRanges(s.batch, s.batch * (s.inEach() + s.outEach()), body);
}

// Parts of some images for convolutions without large sums; each has what takes its outputs from `emitOf(part)`.
template <class Body>
void overParts(const Shape& s, Body body) {
  parallelParts(s.batch, s.batch * (s.inEach() + s.outEach()), body);
}

// The whole convolution of x by filter in tiles; `turned` and `scale` as filterPlanes takes them.
template <class F, class Cells, class Map, class EmitOf>
void inTiles(const Shape& s, const Map* x, const float* filter, bool turned, const float* scale, EmitOf emitOf) {
  const auto* u = winograd::filterPlanes<F, Cells>(filter, s.from, s.to, turned, scale);
  overParts(s, [&](int64_t first, int64_t last, int part) {
    const int64_t each = s.tilesEach(F::kOut);
    auto&& emit = emitOf(part);
    winograd::forward<F, Cells>(s, x, u, first * each, last * each, emit);
  });
}

// Forward: tiles of F2, which round like a direct convolution; in bfloat16, whose products cost half, strips are faster.
template <class Cells, class Map, class EmitOf>
void forwardAll(const Shape& s, const Map* x, const float* filter, const float* scale, EmitOf emitOf) {
  if constexpr (Cells::kPair == 1) {
    inTiles<F2, Cells>(s, x, filter, false, scale, emitOf);
  } else {
    const auto* u = winograd::stripFilter<Cells>(filter, s.from, s.to, scale);
    overParts(s, [&](int64_t first, int64_t last, int part) {
      auto&& emit = emitOf(part);
      winograd::stripForward<Cells>(s, x, u, first, last, emit);
    });
  }
}

template <class Cells, bool kResidual, class Map>
void inferAll(const Shape& s, const Map* x, const float* filter, const Affine& affine, const Map* residual, float slope, Map* y) {
  const winograd::StoreRectified<Map, kResidual> emit{winograd::Store<Map>(s, y), affine.shift.data(), residual, slope};
  forwardAll<Cells>(s, x, filter, affine.scale.data(), [&](int) { return emit; });
}

// Calls run(F4{}), or run(F2{}) where its tiles need fewer products of an image: of maps up to 2×2.
template <class Run>
void withForm(const Shape& s, Run run) {
  const auto products = [&](auto form) { return form.kPatch * form.kPatch * s.tilesEach(form.kOut); };
  if (products(F2{}) < products(F4{})) run(F2{});
  else run(F4{});
}

// Calls run(map, cells) with values of the types that the call's maps and the products' operands have.
template <class Run>
void withTypes(const Arguments& in, Run run) {
  withPrecision(in, [&](auto precision) {
    using Precision = decltype(precision);
    run(typename Precision::Map{}, typename winograd::CellsOf<Precision>::type{});
  });
}

}  // namespace

// conv…, x, filter, y
IEKD_KERNEL(WinogradConv2D) {
  withTypes(in, [&](auto map, auto cells) {
    using Map = decltype(map);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv);
    const Map* x = in.maps<Map>(conv.inSize());
    const float* filter = in.floats(conv.filterSize());
    const winograd::Store<Map> emit(s, in.maps<Map>(conv.outSize()));
    forwardAll<decltype(cells)>(s, x, filter, nullptr, [&](int) { return emit; });
  });
}

// conv…, dy, filter, dx
IEKD_KERNEL(WinogradConv2DBackpropInput) {
  withTypes(in, [&](auto map, auto cells) {
    using Map = decltype(map);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv).backwards();
    const Map* dy = in.maps<Map>(conv.outSize());
    const float* filter = in.floats(conv.filterSize());
    const winograd::Store<Map> emit(s, in.maps<Map>(conv.inSize()));
    withForm(s, [&](auto form) { inTiles<decltype(form), decltype(cells)>(s, dy, filter, true, nullptr, [&](int) { return emit; }); });
  });
}

// conv…, x, dy, dfilter
IEKD_KERNEL(WinogradConv2DBackpropFilter) {
  withTypes(in, [&](auto map, auto cells) {
    using Map = decltype(map);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv);
    const Map *x = in.maps<Map>(conv.inSize()), *dy = in.maps<Map>(conv.outSize());
    float* dfilter = in.floats(conv.filterSize());
    withForm(s, [&](auto form) {
      const FilterGradient<decltype(form)> gradient(s);
      auto& sums = winograd::FilterSums::start();
      overImages(s, [&](int64_t first, int64_t last, int thread) {
        gradient.template add<decltype(cells)>(s.withBatch(last - first), x + first * s.inEach(), dy + first * s.outEach(),
                                               sums.of(gradient.sums(), thread));
      });
      gradient.finish(sums, dfilter);
    });
  });
}

// conv…, epsilon, slope, x, filter, gamma, beta, residual?, convolved, y, mean, variance
IEKD_KERNEL(WinogradConvBatchNorm) {
  withTypes(in, [&](auto map, auto cells) {
    using Map = decltype(map);
    using Emit = winograd::StoreWithMoments<Map>;
    const ConvShape conv(in);
    const Shape s = fitting(in, conv);
    const float epsilon = in.scalar(), slope = in.scalar();
    const Map* x = in.maps<Map>(conv.inSize());
    const float *filter = in.floats(conv.filterSize()), *gamma = in.floats(s.to), *beta = in.floats(s.to);
    const Map* residual = in.mapsOrNull<Map>(conv.outSize());
    Map *convolved = in.maps<Map>(conv.outSize()), *y = in.maps<Map>(conv.outSize());
    float *mean = in.floats(s.to), *variance = in.floats(s.to);
    std::vector<std::optional<Emit>> emits(mostParts());
    forwardAll<decltype(cells)>(s, x, filter, nullptr, [&](int part) -> Emit& { return emits[part].emplace(s, convolved); });
    const Moments m = Emit::merge(emits, s.to);
    std::copy(m.mean.begin(), m.mean.end(), mean);
    std::copy(m.variance.begin(), m.variance.end(), variance);
    normalise(convolved, residual, y, Affine(m.mean.data(), m.variance.data(), gamma, beta, epsilon, s.to), rectifier(slope),
              conv.outSize() / s.to, ChannelTile(s.to));
  });
}

// conv…, epsilon, slope, x, filter, gamma, beta, mean, variance, residual?, y
IEKD_KERNEL(WinogradConvBatchNormInfer) {
  withTypes(in, [&](auto map, auto cells) {
    using Map = decltype(map);
    using Cells = decltype(cells);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv);
    const float epsilon = in.scalar(), slope = in.scalar();
    const Map* x = in.maps<Map>(conv.inSize());
    const float *filter = in.floats(conv.filterSize()), *gamma = in.floats(s.to), *beta = in.floats(s.to);
    const float *mean = in.floats(s.to), *variance = in.floats(s.to);
    const Map* residual = in.mapsOrNull<Map>(conv.outSize());
    Map* y = in.maps<Map>(conv.outSize());
    const Affine affine(mean, variance, gamma, beta, epsilon, s.to);
    const auto run = residual ? inferAll<Cells, true, Map> : inferAll<Cells, false, Map>;
    run(s, x, filter, affine, residual, slope, y);
  });
}

// conv…, epsilon, slope, x, filter, convolved, dy, y?, gamma, beta, mean, variance, dx, dfilter, dgamma, dbeta, dresidual?
// The gradient of what the batch norm was given goes no further than the core's own cache: images are taken a few at a time, each
// few normalised backwards, then convolved backwards twice.
IEKD_KERNEL(WinogradConvBatchNormGrad) {
  withTypes(in, [&](auto map, auto cells) {
    using Map = decltype(map);
    using Cells = decltype(cells);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv), back = s.backwards();
    const float epsilon = in.scalar(), slope = in.scalar();
    const Map* x = in.maps<Map>(conv.inSize());
    const float* filter = in.floats(conv.filterSize());
    const Map *convolved = in.maps<Map>(conv.outSize()), *dy = in.maps<Map>(conv.outSize());
    const Map* y = in.mapsOrNull<Map>(conv.outSize());
    const float *gamma = in.floats(s.to), *beta = in.floats(s.to), *mean = in.floats(s.to), *variance = in.floats(s.to);
    Map* dx = in.maps<Map>(conv.inSize());
    float *dfilter = in.floats(conv.filterSize()), *dgamma = in.floats(s.to), *dbeta = in.floats(s.to);
    Map* dresidual = in.mapsOrNull<Map>(conv.outSize());
    if ((y == nullptr) != (dresidual == nullptr)) in.fail("y and dresidual together");
    const int64_t pixels = s.outHeight * s.outWidth;
    const NormaliseGradient<Map> gradient(
        {convolved, dy, y, gamma, beta, mean, variance, epsilon, rectifier(slope), s.batch * pixels, s.to}, dgamma, dbeta, dresidual);
    withForm(s, [&](auto form) {
      using F = decltype(form);
      const FilterGradient<F> filterGradient(s);
      constexpr int64_t kFew = 32768;  // values, an eighth of a megabyte in float32
      const int64_t few = winograd::wholeBlocks<F>(s, std::max<int64_t>(1, kFew / s.outEach()), filterGradient.tiles());
      auto& sums = winograd::FilterSums::start();
      const auto* u = winograd::filterPlanes<F, Cells>(filter, back.from, back.to, true);
      overImages(s, [&](int64_t first, int64_t last, int thread) {
        static thread_local std::vector<Map> dconv;
        dconv.resize(std::min(few, last - first) * s.outEach());
        float* sum = sums.of(filterGradient.sums(), thread);
        for (int64_t image = first; image < last; image += few) {
          const int64_t count = std::min(few, last - image);
          const Shape part = s.withBatch(count), partBack = back.withBatch(count);
          gradient.inputGradient(image * pixels, (image + count) * pixels, dconv.data());
          filterGradient.template add<Cells>(part, x + image * s.inEach(), dconv.data(), sum);
          winograd::Store<Map> emit(partBack, dx + image * s.inEach());
          winograd::forward<F, Cells>(partBack, dconv.data(), u, 0, count * back.tilesEach(F::kOut), emit);
        }
      });
      filterGradient.finish(sums, dfilter);
    });
  });
}
