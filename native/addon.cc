#include "native.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  InitAddress(env, exports);
  InitConstants(env, exports);
  InitDescriptor(env, exports);
  InitEpoll(env, exports);
  InitErrno(env, exports);
  InitEventfd(env, exports);
  InitInotify(env, exports);
  InitOwned(env, exports);
  InitLoop(env, exports);
  InitPidfd(env, exports);
  InitPoll(env, exports);
  InitSelect(env, exports);
  InitSignals(env, exports);
  InitSocket(env, exports);
  InitTimerfd(env, exports);
  return exports;
}

NODE_API_MODULE(fd_selectors, Init)
