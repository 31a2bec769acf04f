// A batch of matrix products, either side transposed: y[b] = a[b] · b[b], row-major.
#include "../arguments.h"
#include "../dnnl.h"
#include "../registry.h"

using namespace iekd;

IEKD_KERNEL(MatMul) {
  using Tag = dnnl::memory::format_tag;
  constexpr auto kFloat = dnnl::memory::data_type::f32;
  static PrimitiveCache<std::array<int64_t, 6>, dnnl::matmul> cache;
  const int64_t batch = in.positive(), m = in.positive(), k = in.positive(), n = in.positive();  // oneDNN divides by them
  const bool transposeA = in.flag(), transposeB = in.flag();
  float* a = in.floats(batch * m * k);
  float* b = in.floats(batch * k * n);
  float* y = in.floats(batch * m * n);
  const dnnl::memory::desc aDesc({batch, m, k}, kFloat, transposeA ? Tag::acb : Tag::abc);
  const dnnl::memory::desc bDesc({batch, k, n}, kFloat, transposeB ? Tag::acb : Tag::abc);
  const dnnl::memory::desc yDesc({batch, m, n}, kFloat, Tag::abc);
  dnnl::matmul& primitive = cache.get({batch, m, k, n, transposeA, transposeB}, [&] {
    return dnnl::matmul(describe<dnnl::matmul>(aDesc, bDesc, yDesc));
  });
  primitive.execute(stream(),
                    {{DNNL_ARG_SRC, wrap(aDesc, a)}, {DNNL_ARG_WEIGHTS, wrap(bDesc, b)}, {DNNL_ARG_DST, wrap(yDesc, y)}});
  stream().wait();
}
