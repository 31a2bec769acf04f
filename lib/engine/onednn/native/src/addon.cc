// The addon's entry: exports every registered kernel, and what the loader asks before it trusts them.
#include <dlfcn.h>
#include <napi.h>

#include <cstdlib>
#include <string>

#include "memory.h"
#include "Program.h"
#include "dnnl.h"
#include "instructions.h"
#include "lanes.h"
#include "registry.h"
#include "threads.h"

namespace {

// Raised with every change of an exported signature; lib/engine/onednn/loader.ts holds its twin.
constexpr int kAbi = 6;

Napi::Value info(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  const dnnl_version_t* version = dnnl_version();
  Napi::Object out = Napi::Object::New(env);
  out.Set("abi", kAbi);
  out.Set("version", std::to_string(version->major) + "." + std::to_string(version->minor) + "." + std::to_string(version->patch));
  out.Set("isa", iekd::instructionSet());
  out.Set("threads", iekd::threadCount());
  out.Set("lanes", iekd::kLanes);
#ifdef __AVX512BF16__
  out.Set("bfloat16", true);
#else
  out.Set("bfloat16", false);
#endif
#ifdef __SANITIZE_ADDRESS__
  out.Set("sanitized", true);
#else
  out.Set("sanitized", false);
#endif
  return out;
}

Napi::Value setThreads(const Napi::CallbackInfo& call) {
  int64_t count = 0;
  iekd::guarded(call.Env(), "setThreads", [&] {
    const std::vector<iekd::Argument> values = iekd::argumentsOf(call);
    iekd::Arguments in(values, "setThreads");
    count = in.dim();
    if (count < 1 || count > 1024) in.fail("a thread count in [1, 1024]");
  });
  iekd::threadCount() = static_cast<int>(count);
  iekd::threadEpoch()++;
  // oneDNN's own, where it was built with OpenMP. Asked for by name: compilers come without OpenMP's header and library.
  using SetThreads = void (*)(int);
  if (const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"))) set(static_cast<int>(count));
  return Napi::Number::New(call.Env(), iekd::threadCount());
}

// bytes → an ArrayBuffer outside the JavaScript heap; its bytes are not set.
Napi::Value allocate(const Napi::CallbackInfo& call) {
  size_t length = 0;
  iekd::guarded(call.Env(), "allocate", [&] {
    const std::vector<iekd::Argument> values = iekd::argumentsOf(call);
    iekd::Arguments in(values, "allocate");
    length = static_cast<size_t>(in.size());
  });
  iekd::Memory* memory = iekd::Memory::make(length);
  if (!memory) throw Napi::RangeError::New(call.Env(), "onednn allocate: out of memory for " + std::to_string(length) + " bytes");
  return Napi::ArrayBuffer::New(call.Env(), memory->data(), length, [](Napi::Env, void*, iekd::Memory* m) { delete m; }, memory);
}

// An ArrayBuffer of `allocate`: its memory goes back to the system now, not when the garbage collector finds it, and the buffer and all
// views on it have length 0 from then on. A second time does nothing.
Napi::Value release(const Napi::CallbackInfo& call) {
  if (call.Length() != 1 || !call[0].IsArrayBuffer()) throw Napi::TypeError::New(call.Env(), "onednn release: expected an ArrayBuffer as argument 0");
  Napi::ArrayBuffer buffer = call[0].As<Napi::ArrayBuffer>();
  iekd::Memory* memory = buffer.IsDetached() ? nullptr : iekd::Memory::at(buffer.Data());
  if (!memory) return call.Env().Undefined();
  buffer.Detach();
  memory->free();
  return call.Env().Undefined();
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("info", Napi::Function::New(env, info));
  exports.Set("setThreads", Napi::Function::New(env, setThreads));
  exports.Set("allocate", Napi::Function::New(env, allocate));
  exports.Set("release", Napi::Function::New(env, release));
  exports.Set("Program", iekd::Program::define(env));
  for (const iekd::Entry& entry : iekd::registry()) exports.Set(entry.name, Napi::Function::New(env, entry.function, entry.name));
  return exports;
}

}  // namespace

NODE_API_MODULE(iekd, init)
