// The values that the addon gives to JavaScript when it loads. Statuses are not looked at: these
// calls fail only where a worker is being terminated, and then nobody will see what is missing.
#pragma once

#include <node_api.h>

inline napi_value NewObject(napi_env env) {
  napi_value object = nullptr;
  napi_create_object(env, &object);
  return object;
}

inline napi_value NewNumber(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

inline napi_value NewString(napi_env env, const char* text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  return value;
}

inline napi_value NewFunction(napi_env env, const char* name, napi_callback call, void* state) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, call, state, &function);
  return function;
}

inline void Set(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}
