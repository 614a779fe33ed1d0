#include "native.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  InitAddress(env, exports);
  InitConstants(env, exports);
  InitDescriptor(env, exports);
  InitEpoll(env, exports);
  InitErrno(env, exports);
  InitPoll(env, exports);
  InitSelect(env, exports);
  InitSocket(env, exports);
  return exports;
}

NODE_API_MODULE(fd_selectors, Init)
