// Every kernel file registers its functions here at load time, so that addon.cc never changes when a kernel is added.
#pragma once
#include <napi.h>

#include <exception>
#include <mutex>
#include <string>
#include <vector>

namespace iekd {

using Function = Napi::Value (*)(const Napi::CallbackInfo&);

struct Entry {
  const char* name;
  Function function;
};

inline std::vector<Entry>& registry() {
  static std::vector<Entry> entries;
  return entries;
}

struct Registration {
  Registration(const char* name, Function function) { registry().push_back({name, function}); }
};

// One kernel at a time, also where several threads of JavaScript have loaded the addon: caches and threads are shared.
inline std::mutex& turn() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace iekd

// IEKD_KERNEL(name) { body using `in`, an Arguments reader } defines and registers one exported function.
#define IEKD_KERNEL(NAME)                                                         \
  static void NAME##_body(iekd::Arguments& in);                                   \
  static Napi::Value NAME##_entry(const Napi::CallbackInfo& info) {               \
    iekd::Arguments in(info, #NAME);                                              \
    const std::lock_guard<std::mutex> one(iekd::turn());                          \
    try {                                                                         \
      NAME##_body(in);                                                            \
    } catch (const Napi::Error&) {                                                \
      throw;                                                                      \
    } catch (const std::exception& error) {                                       \
      throw Napi::Error::New(info.Env(), std::string("onednn " #NAME ": ") + error.what()); \
    }                                                                             \
    return info.Env().Undefined();                                                \
  }                                                                               \
  static const iekd::Registration NAME##_registration(#NAME, NAME##_entry);       \
  static void NAME##_body(iekd::Arguments& in)
