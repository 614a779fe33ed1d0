// eventfd(2): a counter of 64 bits; read(2) and write(2) in descriptor.cc take and add.
#include <sys/eventfd.h>

#include "call.h"

void InitEventfd(napi_env env, napi_value exports) {
  Export<Opens<eventfd>>(env, exports, "eventfd");
}
