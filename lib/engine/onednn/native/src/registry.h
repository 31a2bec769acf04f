// Every kernel file registers its functions here at load time, so that addon.cc never changes when a kernel is added.
#pragma once
#include <napi.h>

#include <mutex>
#include <vector>

#include "PieceTimes.h"
#include "javascript.h"

namespace iekd {

using Function = Napi::Value (*)(const Napi::CallbackInfo&);
using Body = void (*)(Arguments&);

struct Entry {
  const char* name;
  Function function;
  Body body;
};

inline std::vector<Entry>& registry() {
  static std::vector<Entry> entries;
  return entries;
}

struct Registration {
  Registration(const char* name, Function function, Body body) { registry().push_back({name, function, body}); }
};

// One kernel at a time, also where several threads of JavaScript have loaded the addon: caches and threads are shared.
inline std::mutex& turn() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace iekd

// IEKD_KERNEL(name) { body using `in`, an Arguments reader } defines and registers one exported function.
#define IEKD_KERNEL(NAME)                                                                       \
  static void NAME##_body(iekd::Arguments& in);                                                 \
  static Napi::Value NAME##_entry(const Napi::CallbackInfo& info) {                             \
    const std::vector<iekd::Argument> values = iekd::argumentsOf(info);                         \
    iekd::guarded(info.Env(), #NAME, [&] {                                                      \
      iekd::Arguments in(values, #NAME);                                                        \
      const std::lock_guard<std::mutex> one(iekd::turn());                                      \
      iekd::PieceTimes::call(#NAME, [&] { NAME##_body(in); });                                  \
    });                                                                                         \
    return info.Env().Undefined();                                                              \
  }                                                                                             \
  static const iekd::Registration NAME##_registration(#NAME, NAME##_entry, NAME##_body);        \
  static void NAME##_body(iekd::Arguments& in)
