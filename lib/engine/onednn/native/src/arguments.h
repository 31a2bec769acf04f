// Reads a call's arguments in order. TypeScript has validated them; lengths are checked here once more, against the dimensions
// of the same call, because a wrong length in C++ would be a write outside an array rather than an error.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "precision.h"

namespace iekd {

// One argument as it came from JavaScript, so that a call can be repeated without it (Program.h).
struct Argument {
  enum class Kind { kNumber, kAbsent, kFloats, kHalves, kInts, kBytes, kOther };
  Kind kind = Kind::kOther;
  double number = 0;
  void* data = nullptr;
  // Elements of an array.
  int64_t length = 0;
};

// A TypeError in JavaScript.
struct ArgumentError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

class Arguments {
 public:
  Arguments(const std::vector<Argument>& values, const char* kernel) : values_(values), kernel_(kernel) {}

  // A dimension or count: an integer in [0, 2^31).
  int64_t dim() {
    const double value = number();
    if (!(value >= 0 && value < 2147483648.0) || value != static_cast<double>(static_cast<int64_t>(value))) {
      fail("a dimension");
    }
    return static_cast<int64_t>(value);
  }

  // A number of bytes: an integer in [0, 2^40).
  int64_t size() {
    const double value = number();
    if (!(value >= 0 && value < 1099511627776.0) || value != static_cast<double>(static_cast<int64_t>(value))) fail("a size");
    return static_cast<int64_t>(value);
  }

  // A dimension along which there is something.
  int64_t positive() {
    const int64_t value = dim();
    if (value < 1) fail("a dimension of at least 1");
    return value;
  }

  float scalar() { return static_cast<float>(number()); }

  double real() { return number(); }

  bool flag() { return number() != 0; }

  // A Float32Array of exactly `length` elements.
  float* floats(int64_t length) { return array<float>(Argument::Kind::kFloats, length, "a Float32Array"); }

  // A Float32Array of exactly `length` elements, or null where the caller passed undefined.
  float* floatsOrNull(int64_t length) { return absent() ? nullptr : floats(length); }

  // Whether the caller passed undefined here; then it is passed over.
  bool absent() {
    if (at_ >= values_.size() || values_[at_].kind != Argument::Kind::kAbsent) return false;
    at_++;
    return true;
  }

  // A map of exactly `length` values, as it is kept: a Float32Array, or a Uint16Array of the bits of bfloat16.
  template <class Map>
  Map* maps(int64_t length) {
    if constexpr (std::is_same_v<Map, float>) return floats(length);
    else return reinterpret_cast<Map*>(array<uint16_t>(Argument::Kind::kHalves, length, "a Uint16Array"));
  }

  template <class Map>
  Map* mapsOrNull(int64_t length) {
    return absent() ? nullptr : maps<Map>(length);
  }

  // Whether any argument is a Uint16Array.
  bool hasHalves() const {
    for (const Argument& value : values_)
      if (value.kind == Argument::Kind::kHalves) return true;
    return false;
  }

  int32_t* ints(int64_t length) { return array<int32_t>(Argument::Kind::kInts, length, "an Int32Array"); }

  uint8_t* bytes(int64_t length) { return array<uint8_t>(Argument::Kind::kBytes, length, "a Uint8Array"); }

  [[noreturn]] void fail(const std::string& expected) const {
    throw ArgumentError("onednn " + std::string(kernel_) + ": expected " + expected + " as argument " + std::to_string(at_));
  }

 private:
  double number() {
    if (at_ >= values_.size() || values_[at_].kind != Argument::Kind::kNumber) {
      at_++;
      fail("a number");
    }
    return values_[at_++].number;
  }

  template <class T>
  T* array(Argument::Kind wanted, int64_t length, const char* what) {
    const size_t index = at_++;
    const Argument value = index < values_.size() ? values_[index] : Argument{};
    switch (value.kind) {
      case Argument::Kind::kNumber:
      case Argument::Kind::kAbsent:
      case Argument::Kind::kOther: fail(what);
      default: break;
    }
    if (value.kind != wanted || value.length != length) {
      fail(std::string(what) + " of " + std::to_string(length) + " elements (it has " + std::to_string(value.length) + ")");
    }
    return static_cast<T*>(value.data);
  }

  const std::vector<Argument>& values_;
  const char* kernel_;
  size_t at_ = 0;
};

// Calls run(Float32{}) or run(BFloat16{}), as the call's maps are kept: all in one way.
template <class Run>
inline void withPrecision([[maybe_unused]] const Arguments& in, Run run) {
#ifdef __AVX512BF16__
  if (in.hasHalves()) return run(BFloat16{});
#endif
  run(Float32{});
}

}  // namespace iekd
