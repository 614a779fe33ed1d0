// The descriptors that the end of their environment closes: the one seam between the calls that
// make or close descriptors and the list that is kept of them. A function whose result is a NewFd
// or NewFds (call.h) needs nothing of this.
#pragma once

#include <node_api.h>

// `fd` is open, and `env` shall close it. Returns 0: JavaScript calls it, too.
int Own(napi_env env, int fd);

// `fd` is given away, or about to be closed: called before close(2), after which the number may be
// another's. Does nothing for one that nobody owned.
int Disown(napi_env env, int fd);
