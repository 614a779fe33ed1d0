// The addon: every family of calls.
#include <napi.h>

using Init = void(napi_env env, napi_value exports);

Init InitAddress, InitBatch, InitConstants, InitDescriptor, InitEpoll, InitErrno, InitEventfd,
    InitFamilies, InitInotify, InitLookup, InitLoop, InitMessage, InitNetdb, InitOwned, InitPidfd,
    InitPoll, InitPty, InitSelect, InitSignals, InitSocket, InitTimerfd, InitUring;

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) {
  InitOwned(env, exports);  // first: see there
  InitAddress(env, exports);
  InitBatch(env, exports);
  InitConstants(env, exports);
  InitDescriptor(env, exports);
  InitEpoll(env, exports);
  InitErrno(env, exports);
  InitEventfd(env, exports);
  InitInotify(env, exports);
  InitLookup(env, exports);
  InitLoop(env, exports);
  InitMessage(env, exports);
  InitNetdb(env, exports);
  InitPidfd(env, exports);
  InitPoll(env, exports);
  InitPty(env, exports);
  InitSelect(env, exports);
  InitSignals(env, exports);
  InitSocket(env, exports);
  InitTimerfd(env, exports);
  InitUring(env, exports);
  return exports;
}

NODE_API_MODULE(fd_selectors, InitAddon)
