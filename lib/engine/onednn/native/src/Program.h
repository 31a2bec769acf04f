// Kernel calls that are repeated as they were recorded, with the same numbers and the same arrays: a step of training without the
// thousand objects that JavaScript makes for it. Memory behind the arrays is kept, and looked at before each run: memory that was given
// back meanwhile is an error, not a write into what is no longer there.
#pragma once
#include <napi.h>

#include <map>
#include <string>
#include <vector>

#include "registry.h"

namespace iekd {

class Program : public Napi::ObjectWrap<Program> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Program", {InstanceMethod<&Program::run>("run"), InstanceMethod<&Program::dispose>("dispose")});
  }

  // Takes a list of calls, each [kernel, argument, …].
  explicit Program(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Program>(info) {
    if (info.Length() != 1 || !info[0].IsArray()) throw Napi::TypeError::New(info.Env(), "onednn Program: expected a list of calls as argument 0");
    const Napi::Array calls = info[0].As<Napi::Array>();
    calls_.reserve(calls.Length());
    for (uint32_t i = 0; i < calls.Length(); i++) add(info.Env(), calls.Get(i), i);
  }

 private:
  struct Call {
    const Entry* entry;
    std::vector<Argument> values;
  };

  // Memory that calls read or write, by where it begins.
  struct Kept {
    Napi::Reference<Napi::ArrayBuffer> buffer;
    size_t length;
  };

  void add(Napi::Env env, const Napi::Value& given, uint32_t index) {
    const std::string where = "onednn Program: call " + std::to_string(index);
    if (!given.IsArray()) throw Napi::TypeError::New(env, where + ": expected a list");
    const Napi::Array call = given.As<Napi::Array>();
    const Napi::Value name = call.Get(uint32_t{0});
    const Entry* entry = name.IsString() ? find(name.As<Napi::String>().Utf8Value()) : nullptr;
    if (!entry) throw Napi::TypeError::New(env, where + ": expected the name of a kernel");
    std::vector<Argument> values;
    values.reserve(call.Length());
    for (uint32_t i = 1; i < call.Length(); i++) {
      const Napi::Value value = call.Get(i);
      values.push_back(argumentOf(value));
      if (value.IsTypedArray()) keep(value.As<Napi::TypedArray>().ArrayBuffer());
    }
    calls_.push_back({entry, std::move(values)});
  }

  static const Entry* find(const std::string& name) {
    for (const Entry& entry : registry())
      if (name == entry.name) return &entry;
    return nullptr;
  }

  void keep(Napi::ArrayBuffer buffer) {
    void* data = buffer.Data();
    if (data && kept_.count(data) == 0) kept_[data] = {Napi::Persistent(buffer), buffer.ByteLength()};
  }

  Napi::Value run(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    for (auto& [data, kept] : kept_) {
      void* now = nullptr;
      size_t length = 0;  // 0 of one that was given back
      napi_get_arraybuffer_info(env, kept.buffer.Value(), &now, &length);
      if (now != data || length != kept.length) {
        throw Napi::Error::New(env, "onednn Program: expected the memory of its recording, received memory that was given back");
      }
    }
    const std::lock_guard<std::mutex> one(turn());
    for (const Call& call : calls_) {
      guarded(env, call.entry->name, [&] {
        Arguments in(call.values, call.entry->name);
        PieceTimes::call(call.entry->name, [&] { call.entry->body(in); });
      });
    }
    return env.Undefined();
  }

  // Lets go of the memory; a run does nothing from then on.
  Napi::Value dispose(const Napi::CallbackInfo& info) {
    calls_.clear();
    kept_.clear();
    return info.Env().Undefined();
  }

  std::vector<Call> calls_;
  std::map<void*, Kept> kept_;
};

}  // namespace iekd
