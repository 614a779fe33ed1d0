// The wait of epoll(7), for epoll.cc and for batch.cc, which receives as well.
#pragma once

#include <sys/epoll.h>

#include <span>

#include "seconds.h"

// Reports as many events as fit.
int WaitForEvents(int epfd, std::span<epoll_event> events, const Timeout& timeout);
