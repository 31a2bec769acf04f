// 3×3 convolutions of stride 1 and their gradients over all threads, by Winograd's minimal filtering.
#pragma once
#include "../normalise/Backward.h"
#include "emitters.h"
#include "filterGradient.h"
#include "strips.h"

namespace iekd::winograd {

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

// Calls run(F4{}), or run(F2{}) where its tiles need fewer products of an image: of maps up to 2×2.
template <class Run>
void withForm(const Shape& s, Run run) {
  const auto products = [&](auto form) { return form.kPatch * form.kPatch * s.tilesEach(form.kOut); };
  if (products(F2{}) < products(F4{})) run(F2{});
  else run(F4{});
}

template <class Cells>
struct WinogradWay {
  // Tiles of F2, which round like a direct convolution; in bfloat16, whose products cost half, strips are faster.
  template <class Map, class EmitOf>
  static void forward(const Shape& s, const Map* x, const float* filter, const float* scale, EmitOf emitOf) {
    if constexpr (Cells::kPair == 1) {
      inTiles<F2>(s, x, filter, false, scale, emitOf);
    } else {
      const auto* u = stripFilter<Cells>(filter, s.from, s.to, scale);
      overParts(s, [&](int64_t first, int64_t last, int part) {
        auto&& emit = emitOf(part);
        stripForward<Cells>(s, x, u, first, last, emit);
      });
    }
  }

  // From the gradient of the output to that of the input; `s` is the shape backwards.
  template <class Map, class EmitOf>
  static void backward(const Shape& s, const Map* dy, const float* filter, EmitOf emitOf) {
    withForm(s, [&](auto form) { inTiles<decltype(form)>(s, dy, filter, true, nullptr, emitOf); });
  }

  template <class Map>
  static void filterGradient(const Shape& s, const Map* x, const Map* dy, float* dfilter) {
    withForm(s, [&](auto form) {
      const FilterGradient<decltype(form)> gradient(s);
      auto& sums = FilterSums::start();
      overImages(s, [&](int64_t first, int64_t last, int thread) {
        gradient.template add<Cells>(s.withBatch(last - first), x + first * s.inEach(), dy + first * s.outEach(),
                                     sums.of(gradient.sums(), thread));
      });
      gradient.finish(sums, dfilter);
    });
  }

  // Both gradients of a convolution whose output was normalised. The gradient of what the batch norm was given goes no further than the
  // core's own cache: images are taken a few at a time, each few normalised backwards, then convolved backwards twice.
  template <class Map>
  static void bothGradients(const Shape& s, const Map* x, const float* filter, const NormaliseGradient<Map>& gradient, Map* dx,
                            float* dfilter) {
    const Shape back = s.backwards();
    const int64_t pixels = s.outHeight * s.outWidth;
    withForm(s, [&](auto form) {
      using F = decltype(form);
      const FilterGradient<F> filterGradient(s);
      constexpr int64_t kFew = 32768;  // values, an eighth of a megabyte in float32
      const int64_t few = wholeBlocks<F>(s, std::max<int64_t>(1, kFew / s.outEach()), filterGradient.tiles());
      auto& sums = FilterSums::start();
      const auto* u = filterPlanes<F, Cells>(filter, back.from, back.to, true);
      overImages(s, [&](int64_t first, int64_t last, int thread) {
        static thread_local std::vector<Map> dconv;
        dconv.resize(std::min(few, last - first) * s.outEach());
        float* sum = sums.of(filterGradient.sums(), thread);
        for (int64_t image = first; image < last; image += few) {
          const int64_t count = std::min(few, last - image);
          const Shape part = s.withBatch(count), partBack = back.withBatch(count);
          gradient.inputGradient(image * pixels, (image + count) * pixels, dconv.data());
          filterGradient.template add<Cells>(part, x + image * s.inEach(), dconv.data(), sum);
          Store<Map> emit(partBack, dx + image * s.inEach());
          winograd::forward<F, Cells>(partBack, dconv.data(), u, 0, count * back.tilesEach(F::kOut), emit);
        }
      });
      filterGradient.finish(sums, dfilter);
    });
  }

 private:
  // The whole convolution of x by filter in tiles; `turned` and `scale` as filterPlanes takes them.
  template <class F, class Map, class EmitOf>
  static void inTiles(const Shape& s, const Map* x, const float* filter, bool turned, const float* scale, EmitOf emitOf) {
    const auto* u = filterPlanes<F, Cells>(filter, s.from, s.to, turned, scale);
    overParts(s, [&](int64_t first, int64_t last, int part) {
      const int64_t each = s.tilesEach(F::kOut);
      auto&& emit = emitOf(part);
      winograd::forward<F, Cells>(s, x, u, first * each, last * each, emit);
    });
  }
};

}  // namespace iekd::winograd
