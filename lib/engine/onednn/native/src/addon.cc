// The addon's entry: exports every registered kernel, and what the loader asks before it trusts them.
#include <napi.h>

#include <cstdlib>
#include <string>
#ifdef _OPENMP
#include <omp.h>
#endif
#ifdef __linux__
#include <sys/mman.h>
#endif

#include "arguments.h"
#include "dnnl.h"
#include "lanes.h"
#include "registry.h"
#include "threads.h"

namespace {

// Raised with every change of an exported signature; lib/engine/onednn/loader.ts holds its twin.
constexpr int kAbi = 4;

const char* isaName() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41: return "SSE4.1";
    case dnnl::cpu_isa::avx: return "AVX";
    case dnnl::cpu_isa::avx2: return "AVX2";
    case dnnl::cpu_isa::avx2_vnni: return "AVX2-VNNI";
    case dnnl::cpu_isa::avx512_core: return "AVX-512";
    case dnnl::cpu_isa::avx512_core_vnni: return "AVX-512 VNNI";
    case dnnl::cpu_isa::avx512_core_bf16: return "AVX-512 BF16";
    default: return "AVX-512 or newer";
  }
}

Napi::Value info(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  const dnnl_version_t* version = dnnl_version();
  Napi::Object out = Napi::Object::New(env);
  out.Set("abi", kAbi);
  out.Set("version", std::to_string(version->major) + "." + std::to_string(version->minor) + "." + std::to_string(version->patch));
  out.Set("isa", isaName());
  out.Set("threads", iekd::threadCount());
  out.Set("lanes", iekd::kLanes);
#ifdef __AVX512BF16__
  out.Set("bfloat16", true);
#else
  out.Set("bfloat16", false);
#endif
  return out;
}

Napi::Value setThreads(const Napi::CallbackInfo& call) {
  iekd::Arguments in(call, "setThreads");
  const int64_t count = in.dim();
  if (count < 1 || count > 1024) in.fail("a thread count in [1, 1024]");
  iekd::threadCount() = static_cast<int>(count);
  iekd::threadEpoch()++;
#ifdef _OPENMP
  omp_set_num_threads(static_cast<int>(count));  // oneDNN's own
#endif
  return Napi::Number::New(call.Env(), iekd::threadCount());
}

// An ArrayBuffer on 64-byte-aligned memory; a large one asks for huge pages, which saves most of its page faults.
Napi::Value allocate(const Napi::CallbackInfo& call) {
  iekd::Arguments in(call, "allocate");
  const size_t length = static_cast<size_t>(in.size());
  constexpr size_t kHuge = size_t{2} << 20;
  const size_t alignment = length >= kHuge ? kHuge : 64;
#ifdef __SANITIZE_ADDRESS__
  const size_t bytes = length;  // no more, so that a write beyond the last value is seen
#else
  const size_t bytes = std::max((length + alignment - 1) / alignment * alignment, alignment);
#endif
  void* data = nullptr;
  if (posix_memalign(&data, alignment, bytes) != 0) throw Napi::RangeError::New(call.Env(), "onednn allocate: out of memory for " + std::to_string(bytes) + " bytes");
#ifdef __linux__
  if (alignment == kHuge) madvise(data, bytes, MADV_HUGEPAGE);
#endif
  return Napi::ArrayBuffer::New(call.Env(), data, length, [](Napi::Env, void* p) { std::free(p); });
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("info", Napi::Function::New(env, info));
  exports.Set("setThreads", Napi::Function::New(env, setThreads));
  exports.Set("allocate", Napi::Function::New(env, allocate));
  for (const iekd::Entry& entry : iekd::registry()) exports.Set(entry.name, Napi::Function::New(env, entry.function, entry.name));
  return exports;
}

}  // namespace

NODE_API_MODULE(iekd, init)
