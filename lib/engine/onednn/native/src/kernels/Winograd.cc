// Convolutions by Winograd's minimal filtering, alone and fused with the batch norm that follows. TypeScript asks for them where
// the shape fits (kernels/winograd.ts); what does not fit is refused here once more.
#include "../winograd/Winograd.h"

#include "../normalise/Backward.h"
#include "../normalise/Forward.h"
#include "../registry.h"
#include "../winograd/emitters.h"
#include "Convolution.h"

using namespace iekd;
using winograd::F2;
using winograd::F4;
using winograd::Scratch;
using winograd::Shape;

// Forward with F2, which rounds like a direct convolution; gradients with F4, which is faster and rounds a little coarser.
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

// One range of images a thread, since a tile's neighbours are in its image.
template <class Body>
void overImages(const Shape& s, Body body) {
  parallelRanges(s.batch, s.batch * (s.inEach() + s.outEach()), body);
}

// The whole convolution of x by filter; `turned` and `scale` as filterPlanes takes them.
template <class F, class Emit>
void forwardAll(const Shape& s, const float* x, const float* filter, bool turned, const float* scale, std::vector<Emit>& emits) {
  winograd::withCells([&](auto cells) {
    using Cells = decltype(cells);
    const auto* u = winograd::filterPlanes<F, Cells>(filter, s.from, s.to, turned, scale);
    overImages(s, [&](int64_t first, int64_t last, int thread) {
      const int64_t each = s.tilesEach(F::kOut);
      winograd::forward<F, Cells>(s, x, u, first * each, last * each, Scratch::of<F>(s), emits[thread]);
    });
  });
}

template <bool kResidual>
void inferAll(const Shape& s, const float* x, const float* filter, const Affine& affine, const float* residual, float slope, float* y) {
  const winograd::StoreRectified<kResidual> emit{winograd::Store(s, y), affine.shift.data(), residual, slope};
  std::vector<winograd::StoreRectified<kResidual>> emits(threadCount(), emit);
  forwardAll<F2>(s, x, filter, false, affine.scale.data(), emits);
}

}  // namespace

// conv…, x, filter, y
IEKD_KERNEL(WinogradConv2D) {
  const ConvShape conv(in);
  const Shape s = fitting(in, conv);
  const float *x = in.floats(conv.inSize()), *filter = in.floats(conv.filterSize());
  std::vector<winograd::Store> emits(threadCount(), winograd::Store(s, in.floats(conv.outSize())));
  forwardAll<F2>(s, x, filter, false, nullptr, emits);
}

// conv…, dy, filter, dx
IEKD_KERNEL(WinogradConv2DBackpropInput) {
  const ConvShape conv(in);
  const Shape s = fitting(in, conv).backwards();
  const float *dy = in.floats(conv.outSize()), *filter = in.floats(conv.filterSize());
  std::vector<winograd::Store> emits(threadCount(), winograd::Store(s, in.floats(conv.inSize())));
  forwardAll<F4>(s, dy, filter, true, nullptr, emits);
}

// conv…, x, dy, dfilter
IEKD_KERNEL(WinogradConv2DBackpropFilter) {
  const ConvShape conv(in);
  const Shape s = fitting(in, conv);
  const float *x = in.floats(conv.inSize()), *dy = in.floats(conv.outSize());
  float* dfilter = in.floats(conv.filterSize());
  auto& sums = winograd::FilterSums::start();
  winograd::withCells([&](auto cells) {
    overImages(s, [&](int64_t first, int64_t last, int thread) {
      const int64_t each = s.tilesEach(F4::kOut);
      winograd::filterGradient<F4, decltype(cells)>(s, x, dy, first * each, last * each, Scratch::of<F4>(s), sums.of<F4>(s, thread));
    });
  });
  winograd::finishFilterGradient<F4>(s, sums, dfilter);
}

// conv…, epsilon, slope, x, filter, gamma, beta, residual?, convolved, y, mean, variance
IEKD_KERNEL(WinogradConvBatchNorm) {
  const ConvShape conv(in);
  const Shape s = fitting(in, conv);
  const float epsilon = in.scalar(), slope = in.scalar();
  const float *x = in.floats(conv.inSize()), *filter = in.floats(conv.filterSize());
  const float *gamma = in.floats(s.to), *beta = in.floats(s.to), *residual = in.floatsOrNull(conv.outSize());
  float *convolved = in.floats(conv.outSize()), *y = in.floats(conv.outSize());
  float *mean = in.floats(s.to), *variance = in.floats(s.to);
  std::vector<winograd::StoreWithMoments> emits(threadCount(), winograd::StoreWithMoments(s, convolved));
  forwardAll<F2>(s, x, filter, false, nullptr, emits);
  const Moments m = winograd::StoreWithMoments::merge(emits);
  std::copy(m.mean.begin(), m.mean.end(), mean);
  std::copy(m.variance.begin(), m.variance.end(), variance);
  normalise(convolved, residual, y, Affine(m.mean.data(), m.variance.data(), gamma, beta, epsilon, s.to), slope,
            conv.outSize() / s.to, ChannelTile(s.to));
}

// conv…, epsilon, slope, x, filter, gamma, beta, mean, variance, residual?, y
IEKD_KERNEL(WinogradConvBatchNormInfer) {
  const ConvShape conv(in);
  const Shape s = fitting(in, conv);
  const float epsilon = in.scalar(), slope = in.scalar();
  const float *x = in.floats(conv.inSize()), *filter = in.floats(conv.filterSize());
  const float *gamma = in.floats(s.to), *beta = in.floats(s.to), *mean = in.floats(s.to), *variance = in.floats(s.to);
  const float* residual = in.floatsOrNull(conv.outSize());
  float* y = in.floats(conv.outSize());
  const Affine affine(mean, variance, gamma, beta, epsilon, s.to);
  const auto run = residual ? inferAll<true> : inferAll<false>;
  run(s, x, filter, affine, residual, slope, y);
}

// conv…, epsilon, slope, x, filter, convolved, dy, y?, gamma, beta, mean, variance, dx, dfilter, dgamma, dbeta, dresidual?
// The gradient of what the batch norm was given goes no further than the core's own cache: images are taken a few at a time, each
// few normalised backwards, then convolved backwards twice.
IEKD_KERNEL(WinogradConvBatchNormGrad) {
  const ConvShape conv(in);
  const Shape s = fitting(in, conv), back = s.backwards();
  const float epsilon = in.scalar(), slope = in.scalar();
  const float *x = in.floats(conv.inSize()), *filter = in.floats(conv.filterSize());
  const float *convolved = in.floats(conv.outSize()), *dy = in.floats(conv.outSize()), *y = in.floatsOrNull(conv.outSize());
  const float *gamma = in.floats(s.to), *beta = in.floats(s.to), *mean = in.floats(s.to), *variance = in.floats(s.to);
  float *dx = in.floats(conv.inSize()), *dfilter = in.floats(conv.filterSize());
  float *dgamma = in.floats(s.to), *dbeta = in.floats(s.to), *dresidual = in.floatsOrNull(conv.outSize());
  if ((y == nullptr) != (dresidual == nullptr)) in.fail("y and dresidual together");
  const int64_t pixels = s.outHeight * s.outWidth;
  const NormaliseGradient gradient(
      {convolved, dy, y, gamma, beta, mean, variance, epsilon, slope, s.batch * pixels, s.to}, dgamma, dbeta, dresidual);
  constexpr int64_t kFew = 65536;  // values, a quarter of a megabyte
  const int64_t few = winograd::wholeBlocks<F4>(s, std::max<int64_t>(1, kFew / s.outEach()));
  auto& sums = winograd::FilterSums::start();
  winograd::withCells([&](auto cells) {
    using Cells = decltype(cells);
    const auto* u = winograd::filterPlanes<F4, Cells>(filter, back.from, back.to, true);
    overImages(s, [&](int64_t first, int64_t last, int thread) {
      static thread_local std::vector<float> dconv;
      dconv.resize(few * s.outEach());
      float* sum = sums.of<F4>(s, thread);
      for (int64_t image = first; image < last; image += few) {
        const int64_t count = std::min(few, last - image);
        const Shape part = s.withBatch(count), partBack = back.withBatch(count);
        const int64_t tiles = count * s.tilesEach(F4::kOut), backTiles = count * back.tilesEach(F4::kOut);
        gradient.inputGradient(image * pixels, (image + count) * pixels, dconv.data());
        winograd::filterGradient<F4, Cells>(part, x + image * s.inEach(), dconv.data(), 0, tiles, Scratch::of<F4>(s), sum);
        winograd::Store emit(partBack, dx + image * s.inEach());
        winograd::forward<F4, Cells>(partBack, dconv.data(), u, 0, backTiles, Scratch::of<F4>(back), emit);
      }
    });
  });
  winograd::finishFilterGradient<F4>(s, sums, dfilter);
}
