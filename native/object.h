// The values that the addon gives to JavaScript when it loads. One copy of each function: the
// checks of node-addon-api, inlined wherever a property is set, were two thirds of the code.
#pragma once

#include <napi.h>

[[gnu::noinline, gnu::cold]] inline Napi::Value NewNumber(Napi::Env env, double number) {
  return Napi::Number::New(env, number);
}

[[gnu::noinline, gnu::cold]] inline Napi::Value NewString(Napi::Env env, const char* text) {
  return Napi::String::New(env, text);
}

[[gnu::noinline, gnu::cold]] inline Napi::Object NewObject(Napi::Env env) {
  return Napi::Object::New(env);
}

[[gnu::noinline, gnu::cold]] inline void Set(Napi::Object object, const char* name,
                                             Napi::Value value) {
  object.Set(name, value);
}

[[gnu::noinline, gnu::cold]] inline void Set(Napi::Object object, uint32_t index,
                                             Napi::Value value) {
  object.Set(index, value);
}
