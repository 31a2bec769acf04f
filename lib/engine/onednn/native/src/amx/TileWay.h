// 3×3 convolutions of stride 1 and their gradients over all threads, by products of AMX tiles: what winograd/WinogradWay.h does without.
#pragma once
#include "../normalise/Backward.h"
#include "../winograd/WinogradWay.h"
#include "tileConvolution.h"
#include "tileFilterGradient.h"

#ifdef IEKD_AMX
namespace iekd::amx {

using winograd::FilterSums;
using winograd::overImages;
using winograd::overParts;

struct TileWay {
  template <class EmitOf>
  static void forward(const Shape& s, const Half* x, const float* filter, const float* scale, EmitOf emitOf) {
    inTiles(s, x, filterTiles(filter, s.from, s.to, false, scale), emitOf);
  }

  // From the gradient of the output to that of the input; `s` is the shape backwards.
  template <class EmitOf>
  static void backward(const Shape& s, const Half* dy, const float* filter, EmitOf emitOf) {
    inTiles(s, dy, filterTiles(filter, s.from, s.to, true), emitOf);
  }

  static void filterGradient(const Shape& s, const Half* x, const Half* dy, float* dfilter) {
    const int64_t row = s.outWidth * s.to;
    gradients(s, x, dfilter, [&](int64_t image, int64_t y, Half* out) {
      std::memcpy(out, dy + image * s.outEach() + y * row, row * sizeof(Half));
    }, [](int64_t, int64_t, const uint16_t*) {});
  }

  // Both gradients of a convolution whose output was normalised. The gradient of what the batch norm was given goes no further than the
  // core's own cache: images are taken a few at a time, each few normalised backwards, then convolved backwards twice.
  static void bothGradients(const Shape& s, const Half* x, const float* filter, const NormaliseGradient<Half>& gradient, Half* dx,
                            float* dfilter) {
    const Shape back = s.backwards();
    const PaddedRows padded(back);
    const uint16_t* tiles = filterTiles(filter, back.from, back.to, true);
    gradients(s, x, dfilter, [&](int64_t image, int64_t y, Half* out) {
      const int64_t pixel = (image * s.outHeight + y) * s.outWidth;
      gradient.inputGradient(pixel, pixel + s.outWidth, out);
    }, [&](int64_t image, int64_t count, const uint16_t* dconv) {
      winograd::Store<Half> emit(back.withBatch(count), dx + image * s.inEach());
      convolveRows(back, padded, dconv, 0, count * padded.rows, tiles, emit);
    });
  }

 private:
  static constexpr int64_t kFewPlaces = 512;  // of images whose filter's gradient is added to the sums at once

  template <class EmitOf>
  static void inTiles(const Shape& s, const Half* x, const uint16_t* filter, EmitOf emitOf) {
    overParts(s, [&](int64_t first, int64_t last, int part) {
      auto&& emit = emitOf(part);
      convolve(s, x, filter, first, last, emit);
    });
  }

  // The filter's gradient from that of the output, of which `write(image, y, out)` writes a row; `use(image, count, padded rows)` sees
  // each few images of it.
  template <class Write, class Use>
  static void gradients(const Shape& s, const Half* x, float* dfilter, Write write, Use use) {
    const PaddedRows padded(s.backwards());
    const TileFilterGradient filterGradient(s);
    const int64_t few = std::max({int64_t{1}, kFewPlaces / (padded.rows * padded.pitch), padded.blockRows(kBlock) / padded.rows});
    auto& sums = FilterSums::start();
    overImages(s, [&](int64_t first, int64_t last, int thread) {
      static thread_local Room room;
      const TileRegisters registers;
      uint16_t* dy = room.halves(padded.size(std::min(few, last - first) * padded.rows));
      float* sum = sums.of(filterGradient.sums(), thread);
      for (int64_t image = first; image < last; image += few) {
        const int64_t count = std::min(few, last - image);
        padded.fill(count, 0, count * padded.rows, dy, [&](int64_t i, int64_t y, uint16_t* out) {
          write(image + i, y, reinterpret_cast<Half*>(out));
        });
        filterGradient.add(count, x + image * s.inEach(), dy, sum);
        use(image, count, dy);
      }
    });
    filterGradient.finish(sums, dfilter);
  }
};

}  // namespace iekd::amx
#endif
