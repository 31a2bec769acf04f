// The instruction set that the sentence about the engine names.
#pragma once
#include <oneapi/dnnl/dnnl.hpp>

namespace iekd {

#if defined(__x86_64__) || defined(__i386__)

// The widest set that oneDNN takes here and that every version of it has a name for. The number of a set has the bits of those that it
// contains, so that one that came later is called by the widest of these.
inline const char* instructionSet() {
  using Isa = dnnl::cpu_isa;
  constexpr struct {
    Isa isa;
    const char* name;
  } kSets[] = {
      {Isa::avx512_core_amx, "AVX-512 AMX"}, {Isa::avx512_core_bf16, "AVX-512 BF16"}, {Isa::avx512_core_vnni, "AVX-512 VNNI"},
      {Isa::avx512_core, "AVX-512"},         {Isa::avx2_vnni, "AVX2-VNNI"},           {Isa::avx2, "AVX2"},
      {Isa::avx, "AVX"},                     {Isa::sse41, "SSE4.1"},
  };
  const unsigned has = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  for (const auto& set : kSets)
    if ((has & static_cast<unsigned>(set.isa)) == static_cast<unsigned>(set.isa)) return set.name;
  return "SSE2";
}

#else

// oneDNN names sets of x86 only; elsewhere it is the one that this code is compiled for, by default the processor's own.
inline const char* instructionSet() {
#if defined(__ARM_FEATURE_SVE)
  return "SVE";
#elif defined(__ARM_NEON)
  return "NEON";
#elif defined(__VSX__)
  return "VSX";
#else
  return "plain C++";
#endif
}

#endif

}  // namespace iekd
