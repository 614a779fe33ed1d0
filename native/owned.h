// The descriptors that the end of their environment closes: the one seam between calls that make
// or close descriptors and the list that is kept of them.
//
// Nobody but call.h needs Own: a function whose result is a NewFd or NewFds is all that it takes.
#ifndef FD_SELECTORS_OWNED_H_
#define FD_SELECTORS_OWNED_H_

#include <node_api.h>

// `fd` is open, and `env` shall close it.
void Own(napi_env env, int fd);

// `fd` is given away, or about to be closed: called before close(2), after which the number may be
// another's. Does nothing for one that nobody owned.
void Disown(napi_env env, int fd);

#endif  // FD_SELECTORS_OWNED_H_
