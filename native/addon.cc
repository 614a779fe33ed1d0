#include "native.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  InitConstants(env, exports);
  InitDescriptor(env, exports);
  InitEpoll(env, exports);
  InitEventfd(env, exports);
  InitInotify(env, exports);
  InitPidfd(env, exports);
  InitPoll(env, exports);
  InitSelect(env, exports);
  InitSignals(env, exports);
  InitTimerfd(env, exports);
  return exports;
}

NODE_API_MODULE(fd_selectors, Init)
