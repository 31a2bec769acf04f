// A batch of matrix products, either side transposed: y[b] = a[b] · b[b], row-major. Small ones are ours: oneDNN takes longer to begin
// than to multiply. Of large ones each piece has some rows of every product.
#include <vector>

#include "../arguments.h"
#include "../dnnl.h"
#include "../registry.h"

namespace {

using namespace iekd;

constexpr int64_t kSmall = int64_t{1} << 18;  // multiplications

struct Product {
  int64_t batch, m, k, n;
  bool transposeA, transposeB;
  const float *a, *b;
  float* y;
};

// y[kRows][n, one register] = a · b, b in whole registers of columns.
template <int kRows>
void corner(const float* a, int64_t row, int64_t step, const float* b, int64_t width, float* y, int64_t n, int64_t k, int lanes) {
  Lanes sum[kRows] = {};
  for (int64_t i = 0; i < k; i++) {
    const Lanes right = load(b + i * width);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; r++) sum[r] += a[r * row + i * step] * right;
  }
  for (int r = 0; r < kRows; r++) store(y + r * n, sum[r], lanes);
}

void multiply(const Product& p) {
  const int64_t width = (p.n + kLanes - 1) / kLanes * kLanes, row = p.transposeA ? 1 : p.k, step = p.transposeA ? p.m : 1;
  std::vector<float> right(p.k * width);
  for (int64_t one = 0; one < p.batch; one++) {
    const float *a = p.a + one * p.m * p.k, *b = p.b + one * p.k * p.n;
    float* y = p.y + one * p.m * p.n;
    for (int64_t i = 0; i < p.k; i++)
      for (int64_t j = 0; j < p.n; j++) right[i * width + j] = p.transposeB ? b[j * p.k + i] : b[i * p.n + j];
    for (int64_t j = 0; j < p.n; j += kLanes) {
      const int lanes = static_cast<int>(std::min<int64_t>(kLanes, p.n - j));
      int64_t r = 0;
      for (; r + 8 <= p.m; r += 8) corner<8>(a + r * row, row, step, &right[j], width, y + r * p.n + j, p.n, p.k, lanes);
      for (; r < p.m; r++) corner<1>(a + r * row, row, step, &right[j], width, y + r * p.n + j, p.n, p.k, lanes);
    }
  }
}

struct MatMulPrimitive {
  Cut cut;
  Step most, least;
};

using Dims = dnnl::memory::dims;

// Of `rows` rows of each product.
struct Layouts {
  dnnl::memory::desc a, b, y;

  Layouts(const Product& p, int64_t rows)
      : a({p.batch, rows, p.k}, kFloat, p.transposeA ? Dims{p.m * p.k, 1, p.m} : Dims{p.m * p.k, p.k, 1}),
        b({p.batch, p.k, p.n}, kFloat, p.transposeB ? Dims{p.k * p.n, 1, p.k} : Dims{p.k * p.n, p.n, 1}),
        y({p.batch, rows, p.n}, kFloat, Dims{p.m * p.n, p.n, 1}) {}

  Step step() const { return Step::of(describe<dnnl::matmul>(a, b, y)); }

  static constexpr auto kFloat = dnnl::memory::data_type::f32;
};

}  // namespace

// batch, m, k, n, transpose a?, transpose b?, a, b, y
IEKD_KERNEL(MatMul) {
  static PrimitiveCache<std::array<int64_t, 6>, MatMulPrimitive> cache;
  const int64_t batch = in.positive(), m = in.positive(), k = in.positive(), n = in.positive();  // oneDNN divides by them
  const bool transposeA = in.flag(), transposeB = in.flag();
  float *a = in.floats(batch * m * k), *b = in.floats(batch * k * n), *y = in.floats(batch * m * n);
  const Product p{batch, m, k, n, transposeA, transposeB, a, b, y};
  if (batch * m * k * n <= kSmall) return multiply(p);
  const MatMulPrimitive& primitive = cache.get({batch, m, k, n, transposeA, transposeB}, [&] {
    const Cut cut = Cut::of(m, batch * (m * k + k * n + m * n), 16);
    return MatMulPrimitive{cut, Layouts(p, cut.most()).step(), Layouts(p, cut.least()).step()};
  });
  const Cut& cut = primitive.cut;
  cut.over([&](int64_t first, int64_t count, int64_t) {
    const Layouts layouts(p, count);
    (count == cut.most() ? primitive.most : primitive.least)
        .run({{DNNL_ARG_SRC, wrap(layouts.a, a + first * (transposeA ? 1 : k))},
              {DNNL_ARG_WEIGHTS, wrap(layouts.b, b)},
              {DNNL_ARG_DST, wrap(layouts.y, y + first * n)}});
  });
}
