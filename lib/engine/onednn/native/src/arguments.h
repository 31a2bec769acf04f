// Reads a call's arguments in order. TypeScript has validated them; lengths are checked here once more, against the dimensions
// of the same call, because a wrong length in C++ would be a write outside an array rather than an error.
#pragma once
#include <napi.h>

#include <cstdint>
#include <string>

namespace iekd {

class Arguments {
 public:
  Arguments(const Napi::CallbackInfo& info, const char* kernel) : info_(info), kernel_(kernel) {}

  // A dimension or count: an integer in [0, 2^31).
  int64_t dim() {
    const double value = number();
    if (!(value >= 0 && value < 2147483648.0) || value != static_cast<double>(static_cast<int64_t>(value))) {
      fail("a dimension");
    }
    return static_cast<int64_t>(value);
  }

  // A dimension along which there is something.
  int64_t positive() {
    const int64_t value = dim();
    if (value < 1) fail("a dimension of at least 1");
    return value;
  }

  float scalar() { return static_cast<float>(number()); }

  bool flag() { return number() != 0; }

  // A Float32Array of exactly `length` elements.
  float* floats(int64_t length) { return array<float>(napi_float32_array, length, "a Float32Array"); }

  // A Float32Array of exactly `length` elements, or null where the caller passed undefined.
  float* floatsOrNull(int64_t length) {
    if (at_ < info_.Length() && info_[at_].IsUndefined()) {
      at_++;
      return nullptr;
    }
    return floats(length);
  }

  int32_t* ints(int64_t length) { return array<int32_t>(napi_int32_array, length, "an Int32Array"); }

  uint8_t* bytes(int64_t length) { return array<uint8_t>(napi_uint8_array, length, "a Uint8Array"); }

  [[noreturn]] void fail(const std::string& expected) const {
    throw Napi::TypeError::New(info_.Env(), "onednn " + std::string(kernel_) + ": expected " + expected +
                                                " as argument " + std::to_string(at_));
  }

 private:
  double number() {
    if (at_ >= info_.Length() || !info_[at_].IsNumber()) {
      at_++;
      fail("a number");
    }
    return info_[at_++].As<Napi::Number>().DoubleValue();
  }

  template <class T>
  T* array(napi_typedarray_type wanted, int64_t length, const char* what) {
    const size_t index = at_++;
    if (index >= info_.Length() || !info_[index].IsTypedArray()) fail(what);
    napi_typedarray_type type;
    size_t count = 0;
    void* data = nullptr;
    napi_get_typedarray_info(info_.Env(), info_[index], &type, &count, &data, nullptr, nullptr);
    if (type != wanted || static_cast<int64_t>(count) != length) {
      fail(std::string(what) + " of " + std::to_string(length) + " elements (it has " + std::to_string(count) + ")");
    }
    return static_cast<T*>(data);
  }

  const Napi::CallbackInfo& info_;
  const char* kernel_;
  size_t at_ = 0;
};

}  // namespace iekd
