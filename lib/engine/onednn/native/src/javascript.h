// Arguments of a call from JavaScript, and errors back to it.
#pragma once
#include <napi.h>

#include <vector>

#include "arguments.h"

namespace iekd {

// Of an array: what it holds, where, and how much. One whose memory was given back has length 0.
inline Argument arrayArgument(napi_env env, napi_value value) {
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr);
  const auto kind = [type] {
    switch (type) {
      case napi_float32_array: return Argument::Kind::kFloats;
      case napi_uint16_array: return Argument::Kind::kHalves;
      case napi_int32_array: return Argument::Kind::kInts;
      case napi_uint8_array: return Argument::Kind::kBytes;
      default: return Argument::Kind::kOther;
    }
  };
  return {kind(), 0, data, static_cast<int64_t>(length)};
}

inline Argument argumentOf(const Napi::Value& value) {
  if (value.IsNumber()) return {Argument::Kind::kNumber, value.As<Napi::Number>().DoubleValue(), nullptr, 0};
  if (value.IsUndefined()) return {Argument::Kind::kAbsent, 0, nullptr, 0};
  if (value.IsTypedArray()) return arrayArgument(value.Env(), value);
  return {};
}

inline std::vector<Argument> argumentsOf(const Napi::CallbackInfo& info) {
  std::vector<Argument> values;
  values.reserve(info.Length());
  for (size_t i = 0; i < info.Length(); i++) values.push_back(argumentOf(info[i]));
  return values;
}

// Runs work; what it throws becomes an error of JavaScript. @param name before the text of one that says only what went wrong
template <class Work>
void guarded(Napi::Env env, const std::string& name, Work work) {
  try {
    work();
  } catch (const Napi::Error&) {
    throw;
  } catch (const ArgumentError& error) {
    throw Napi::TypeError::New(env, error.what());
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, "onednn " + name + ": " + error.what());
  }
}

}  // namespace iekd
