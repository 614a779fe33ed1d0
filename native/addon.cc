#include "native.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  Owned* owned = InitOwned(env, exports);
  InitAddress(env, exports);
  InitConstants(env, exports);
  InitDescriptor(env, exports, owned);
  InitEpoll(env, exports, owned);
  InitErrno(env, exports);
  InitEventfd(env, exports, owned);
  InitInotify(env, exports, owned);
  InitLoop(env, exports);
  InitPidfd(env, exports, owned);
  InitPoll(env, exports);
  InitSelect(env, exports);
  InitSignals(env, exports);
  InitSocket(env, exports, owned);
  InitTimerfd(env, exports, owned);
  return exports;
}

NODE_API_MODULE(fd_selectors, Init)
