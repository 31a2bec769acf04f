// Batch normalisation with residual and activation over rows of `channels` values: training, evaluation, gradient.
// Forward reads x twice and writes y once; backward reads x and dy twice and writes dx (and the residual's gradient) once.
#include "../arguments.h"
#include "../normalise/Backward.h"
#include "../normalise/Forward.h"
#include "../registry.h"

using namespace iekd;

namespace {

Activation activationOf(Arguments& in) {
  const float slope = in.scalar();
  return {slope, in.scalar()};
}

}  // namespace

// rows, channels, epsilon, slope, ceiling, x, gamma, beta, residual?, y, mean, variance
IEKD_KERNEL(BatchNorm) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t rows = in.positive(), channels = in.positive();
    const float epsilon = in.scalar();
    const Activation act = activationOf(in);
    const Map* x = in.maps<Map>(rows * channels);
    const float *gamma = in.floats(channels), *beta = in.floats(channels);
    const Map* residual = in.mapsOrNull<Map>(rows * channels);
    Map* y = in.maps<Map>(rows * channels);
    float *mean = in.floats(channels), *variance = in.floats(channels);
    const ChannelTile tile(channels);
    const Moments m = moments(x, rows, tile);
    std::copy(m.mean.begin(), m.mean.end(), mean);
    std::copy(m.variance.begin(), m.variance.end(), variance);
    normalise(x, residual, y, Affine(m.mean.data(), m.variance.data(), gamma, beta, epsilon, channels), act, rows, tile);
  });
}

// rows, channels, epsilon, slope, ceiling, x, gamma, beta, mean, variance, residual?, y
IEKD_KERNEL(BatchNormInfer) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t rows = in.positive(), channels = in.positive();
    const float epsilon = in.scalar();
    const Activation act = activationOf(in);
    const Map* x = in.maps<Map>(rows * channels);
    const float *gamma = in.floats(channels), *beta = in.floats(channels);
    const float *mean = in.floats(channels), *variance = in.floats(channels);
    const Map* residual = in.mapsOrNull<Map>(rows * channels);
    Map* y = in.maps<Map>(rows * channels);
    normalise(x, residual, y, Affine(mean, variance, gamma, beta, epsilon, channels), act, rows, ChannelTile(channels));
  });
}

// rows, channels, epsilon, slope, ceiling, x, dy, y?, gamma, beta, mean, variance, dx, dgamma, dbeta, dresidual?
// y is given exactly when there is a residual under an activation; dresidual likewise (without an activation it is dy itself).
IEKD_KERNEL(BatchNormGrad) {
  withPrecision(in, [&](auto precision) {
    using Map = typename decltype(precision)::Map;
    const int64_t rows = in.positive(), channels = in.positive(), size = rows * channels;
    const float epsilon = in.scalar();
    const Activation act = activationOf(in);
    const Map *x = in.maps<Map>(size), *dy = in.maps<Map>(size), *y = in.mapsOrNull<Map>(size);
    const float *gamma = in.floats(channels), *beta = in.floats(channels);
    const float *mean = in.floats(channels), *variance = in.floats(channels);
    Map* dx = in.maps<Map>(size);
    float *dgamma = in.floats(channels), *dbeta = in.floats(channels);
    Map* dresidual = in.mapsOrNull<Map>(size);
    if ((y == nullptr) != (dresidual == nullptr)) in.fail("y and dresidual together");
    const NormaliseGradient<Map> gradient({x, dy, y, gamma, beta, mean, variance, epsilon, act, rows, channels}, dgamma, dbeta,
                                          dresidual);
    parallelPieces(rows, size, [&](int64_t first, int64_t last) { gradient.inputGradient(first, last, dx + first * channels); });
  });
}
