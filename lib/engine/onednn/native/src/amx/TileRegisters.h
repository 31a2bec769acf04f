// The eight tile registers of Intel's AMX (Intel SDM vol. 2, TILELOADD, TDPBF16PS): matrices of 16 rows of 64 bytes, of which one
// instruction multiplies two of bfloat16 and adds the product to one of float32. Written as assembly, so that a compiler needs no option
// for it and the rest of the addon runs where the instructions are missing; the compiler never uses these registers by itself.
// `ready` says whether processor and system grant them.
#pragma once

// Whoever has these headers has an assembler that knows the instructions (GCC 11, Clang 11).
#if defined(__AVX512BF16__) && defined(__x86_64__) && defined(__linux__)
#if __has_include(<amxbf16intrin.h>) || __has_include(<amxintrin.h>)
#define IEKD_AMX 1
#endif
#endif

#ifdef IEKD_AMX
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <oneapi/dnnl/dnnl.hpp>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

namespace iekd::amx {

constexpr int kRows = 16, kRowBytes = 64;
constexpr int kDepth = 32;                       // values of bfloat16 in a row: products that one instruction sums
constexpr int kHalves = kRows * kDepth;          // in a tile
constexpr int kFloats = kRows * kRowBytes / 4;   // likewise

// Whether tiles may be used: by the processor, by oneDNN's own limit (ONEDNN_MAX_CPU_ISA), and by Linux, which is asked once for the
// process (Documentation/arch/x86/xstate.rst: ARCH_REQ_XCOMP_PERM of the component XTILEDATA).
inline bool ready() {
  static const bool granted = [] {
    constexpr auto kAmx = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_amx);
    if ((static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & kAmx) != kAmx) return false;
    constexpr long kAsk = 0x1023, kTileData = 18;
    return syscall(SYS_arch_prctl, kAsk, kTileData) == 0;
  }();
  return granted;
}

// While it lives, this thread's tiles are configured, all to their full size.
class TileRegisters {
 public:
  TileRegisters() {
    struct alignas(64) {
      uint8_t palette = 1, startRow = 0, reserved[14] = {};
      uint16_t rowBytes[16] = {};
      uint8_t rows[16] = {};
    } all;
    for (int t = 0; t < 8; t++) {
      all.rowBytes[t] = kRowBytes;
      all.rows[t] = kRows;
    }
    asm volatile("ldtilecfg %0" ::"m"(all));
  }
  ~TileRegisters() { asm volatile("tilerelease"); }
  TileRegisters(const TileRegisters&) = delete;
  TileRegisters& operator=(const TileRegisters&) = delete;
};

// AddressSanitizer does not see what assembly reads and writes.
inline void inspect([[maybe_unused]] const void* p, [[maybe_unused]] int64_t stride) {
#ifdef __SANITIZE_ADDRESS__
  for (int r = 0; r < kRows; r++) {
    char* row = static_cast<char*>(const_cast<void*>(p)) + r * stride;
    if (void* bad = __asan_region_is_poisoned(row, kRowBytes)) *static_cast<volatile char*>(bad);
  }
#endif
}

template <int kTile>
inline __attribute__((always_inline)) void zeroTile() {
  asm volatile("tilezero %%tmm%c0" ::"i"(kTile));
}

// Rows are `stride` bytes apart.
template <int kTile>
inline __attribute__((always_inline)) void loadTile(const void* p, int64_t stride) {
  inspect(p, stride);
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(p), "r"(stride), "i"(kTile) : "memory");
}

template <int kTile>
inline __attribute__((always_inline)) void storeTile(void* p, int64_t stride) {
  inspect(p, stride);
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(p), "r"(stride), "i"(kTile) : "memory");
}

// kSum[m][n] += Σ_k kLeft[m][k] · kRight[k][n], rows of the right tile being pairs of k: [k / 2][n][2]. Sums are rounded to nearest even
// pair by pair; what is below the normal range counts as zero.
template <int kSum, int kLeft, int kRight>
inline __attribute__((always_inline)) void addProduct() {
  asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kLeft), "i"(kRight));
}

}  // namespace iekd::amx
#endif
