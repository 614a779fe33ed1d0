// eventfd(2): a counter of 64 bits; read(2) and write(2) in descriptor.cc take and add.
#include <sys/eventfd.h>

#include "native.h"
#include "owned.h"

namespace {

// eventfd(initval, flags) -> fd
Napi::Value Eventfd(const Napi::CallbackInfo& info) {
  size_t initval;
  int flags;
  if (!ToSize(info, 0, std::numeric_limits<unsigned>::max(), &initval) || !ToInt(info, 1, &flags)) {
    return Invalid(info);
  }
  return Born(info, eventfd(static_cast<unsigned>(initval), flags));
}

}  // namespace

void InitEventfd(Napi::Env env, Napi::Object exports, Owned* owned) {
  Export<Eventfd>(env, exports, "eventfd", owned);
}
