// 3×3 convolutions of stride 1, alone and fused with the batch norm that follows: by Winograd's minimal filtering, or in bfloat16 by
// products of AMX tiles where they may be used. TypeScript asks for them where the shape fits (`fitsWinograd` in
// kernels/convolution/convolution.ts); what does not fit is refused here once more.
#include "../../amx/TileWay.h"
#include "../../normalise/Forward.h"
#include "../../registry.h"
#include "../../winograd/WinogradWay.h"
#include "Convolution.h"

using namespace iekd;
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

// Calls run(map, way) with values of the types that the call's maps and what computes with them have.
template <class Run>
void withWay(const Arguments& in, Run run) {
  withPrecision(in, [&](auto precision) {
    using Precision = decltype(precision);
    using Map = typename Precision::Map;
#ifdef IEKD_AMX
    if constexpr (std::is_same_v<Map, Half>)
      if (amx::ready()) return run(Map{}, amx::TileWay{});
#endif
    run(Map{}, winograd::WinogradWay<typename winograd::CellsOf<Precision>::type>{});
  });
}

template <class Way, bool kResidual, class Map>
void inferAll(const Shape& s, const Map* x, const float* filter, const Affine& affine, const Map* residual, float slope, Map* y) {
  const winograd::StoreRectified<Map, kResidual> emit{winograd::Store<Map>(s, y), affine.shift.data(), residual, slope};
  Way::forward(s, x, filter, affine.scale.data(), [&](int) { return emit; });
}

}  // namespace

// conv…, x, filter, y
IEKD_KERNEL(WinogradConv2D) {
  withWay(in, [&](auto map, auto way) {
    using Map = decltype(map);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv);
    const Map* x = in.maps<Map>(conv.inSize());
    const float* filter = in.floats(conv.filterSize());
    const winograd::Store<Map> emit(s, in.maps<Map>(conv.outSize()));
    way.forward(s, x, filter, nullptr, [&](int) { return emit; });
  });
}

// conv…, dy, filter, dx
IEKD_KERNEL(WinogradConv2DBackpropInput) {
  withWay(in, [&](auto map, auto way) {
    using Map = decltype(map);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv).backwards();
    const Map* dy = in.maps<Map>(conv.outSize());
    const float* filter = in.floats(conv.filterSize());
    const winograd::Store<Map> emit(s, in.maps<Map>(conv.inSize()));
    way.backward(s, dy, filter, [&](int) { return emit; });
  });
}

// conv…, x, dy, dfilter
IEKD_KERNEL(WinogradConv2DBackpropFilter) {
  withWay(in, [&](auto map, auto way) {
    using Map = decltype(map);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv);
    const Map *x = in.maps<Map>(conv.inSize()), *dy = in.maps<Map>(conv.outSize());
    float* dfilter = in.floats(conv.filterSize());
    way.filterGradient(s, x, dy, dfilter);
  });
}

// conv…, epsilon, slope, x, filter, gamma, beta, residual?, convolved, y, mean, variance
IEKD_KERNEL(WinogradConvBatchNorm) {
  withWay(in, [&](auto map, auto way) {
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
    way.forward(s, x, filter, nullptr, [&](int part) -> Emit& { return emits[part].emplace(s, convolved); });
    const Moments m = Emit::merge(emits, s.to);
    std::copy(m.mean.begin(), m.mean.end(), mean);
    std::copy(m.variance.begin(), m.variance.end(), variance);
    normalise(convolved, residual, y, Affine(m.mean.data(), m.variance.data(), gamma, beta, epsilon, s.to), rectifier(slope),
              conv.outSize() / s.to, ChannelTile(s.to));
  });
}

// conv…, epsilon, slope, x, filter, gamma, beta, mean, variance, residual?, y
IEKD_KERNEL(WinogradConvBatchNormInfer) {
  withWay(in, [&](auto map, auto way) {
    using Map = decltype(map);
    using Way = decltype(way);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv);
    const float epsilon = in.scalar(), slope = in.scalar();
    const Map* x = in.maps<Map>(conv.inSize());
    const float *filter = in.floats(conv.filterSize()), *gamma = in.floats(s.to), *beta = in.floats(s.to);
    const float *mean = in.floats(s.to), *variance = in.floats(s.to);
    const Map* residual = in.mapsOrNull<Map>(conv.outSize());
    Map* y = in.maps<Map>(conv.outSize());
    const Affine affine(mean, variance, gamma, beta, epsilon, s.to);
    const auto run = residual ? inferAll<Way, true, Map> : inferAll<Way, false, Map>;
    run(s, x, filter, affine, residual, slope, y);
  });
}

// conv…, epsilon, slope, x, filter, convolved, dy, y?, gamma, beta, mean, variance, dx, dfilter, dgamma, dbeta, dresidual?
IEKD_KERNEL(WinogradConvBatchNormGrad) {
  withWay(in, [&](auto map, auto way) {
    using Map = decltype(map);
    const ConvShape conv(in);
    const Shape s = fitting(in, conv);
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
    const NormaliseGradient<Map> gradient(
        {convolved, dy, y, gamma, beta, mean, variance, epsilon, rectifier(slope), conv.outSize() / s.to, s.to}, dgamma, dbeta, dresidual);
    way.bothGradients(s, x, filter, gradient, dx, dfilter);
  });
}
