// The addon's entry: exports every registered kernel, and what the loader asks before it trusts them.
#include <napi.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

#include "amx/TileRegisters.h"
#include "memory.h"
#include "Program.h"
#include "dnnl.h"
#include "instructions.h"
#include "lanes.h"
#include "registry.h"
#include "threads.h"

namespace {

// Raised with every change of an exported signature; lib/engine/onednn/loader.ts holds its twin.
constexpr int kAbi = 8;

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
#ifdef IEKD_AMX
  out.Set("amx", iekd::amx::ready());
#else
  out.Set("amx", false);
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
    if (count < 1 || count > iekd::ThreadPool::kMost) in.fail("a thread count in [1, 1024]");
  });
  iekd::threadCount() = static_cast<int>(count);
  iekd::threadEpoch()++;
  return Napi::Number::New(call.Env(), iekd::threadCount());
}

// workers ≥ 1 → from now on kernels are done by one thread and timed piece by piece, cut for so many workers (PieceTimes.h); 0 → ends
// that, and as before it a list of what was recorded: [kernel, ns, ns outside of regions, workers of a region, its pieces' ns, workers, …].
Napi::Value timePieces(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  int64_t workers = 0;
  iekd::guarded(env, "timePieces", [&] {
    const std::vector<iekd::Argument> values = iekd::argumentsOf(call);
    iekd::Arguments in(values, "timePieces");
    workers = in.dim();
    if (workers > iekd::ThreadPool::kMost) in.fail("workers in [0, 1024]");
  });
  static int before = 0;
  const std::lock_guard<std::mutex> one(iekd::turn());
  auto& times = iekd::PieceTimes::shared();
  Napi::Array calls = Napi::Array::New(env);
  for (const auto& made : times.calls()) {
    Napi::Array line = Napi::Array::New(env);
    uint32_t at = 0;
    line.Set(at++, made.kernel);
    line.Set(at++, made.ns);
    line.Set(at++, made.serialNs);
    for (const auto& region : made.regions) {
      Napi::Float64Array pieces = Napi::Float64Array::New(env, region.pieces.size());
      std::copy(region.pieces.begin(), region.pieces.end(), pieces.Data());
      line.Set(at++, static_cast<double>(region.workers));
      line.Set(at++, pieces);
    }
    calls.Set(calls.Length(), line);
  }
  if (!iekd::PieceTimes::asked()) before = iekd::threadCount();
  const int count = static_cast<int>(workers > 0 ? workers : before);
  if (count != iekd::threadCount()) iekd::threadEpoch()++;  // else primitives would be made anew in what is timed
  iekd::threadCount() = count;
  times.ask(workers > 0);
  return calls;
}

// workers, count: so many regions without work, for their time to be taken. Workers wait for one another there: else the caller would do
// all pieces before another comes.
Napi::Value emptyRegions(const Napi::CallbackInfo& call) {
  iekd::guarded(call.Env(), "emptyRegions", [&] {
    const std::vector<iekd::Argument> values = iekd::argumentsOf(call);
    iekd::Arguments in(values, "emptyRegions");
    const int64_t workers = in.positive(), count = in.dim();
    if (workers > iekd::ThreadPool::kMost) in.fail("workers in [1, 1024]");
    const std::lock_guard<std::mutex> one(iekd::turn());
    for (int64_t i = 0; i < count; i++) {
      std::atomic<int64_t> here{0};
      iekd::overPieces(workers, 1, [&](int64_t) {
        here.fetch_add(1);
        for (int turns = 1; here.load() < workers; turns++)
          if (turns % 32 == 0) std::this_thread::yield();
      });
    }
  });
  return call.Env().Undefined();
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
  exports.Set("timePieces", Napi::Function::New(env, timePieces));
  exports.Set("emptyRegions", Napi::Function::New(env, emptyRegions));
  exports.Set("allocate", Napi::Function::New(env, allocate));
  exports.Set("release", Napi::Function::New(env, release));
  exports.Set("Program", iekd::Program::define(env));
  for (const iekd::Entry& entry : iekd::registry()) exports.Set(entry.name, Napi::Function::New(env, entry.function, entry.name));
  return exports;
}

}  // namespace

NODE_API_MODULE(iekd, init)
