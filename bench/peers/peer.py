"""What every peer in Python shares: the workload, samples, socket pairs. See peer.h: the same in C."""

import json
import os
import resource
import socket
import sys
import time


def workload():
    """The `key=value` words of the command line, numbers as numbers."""
    pairs = (word.split("=", 1) for word in sys.argv[1:])
    return {key: int(value) if value.isdigit() else value for key, value in pairs}


WORK = workload()
TRIAL = WORK.get("trial", "chain")
FDS = WORK.get("fds", 1000)
ACTIVE = WORK.get("active", 100)
TOTAL = ACTIVE + WORK.get("writes", 1000)
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (_hard, _hard))


def answer(**figures):
    """Prints the one line that the runner reads."""
    print(json.dumps(figures), flush=True)


def skip(why):
    answer(skip=why)
    sys.exit(0)


class Samples:
    """Says whether to go on: for the warm-up, then for `ms`, with at least three samples."""

    def __init__(self):
        self.values = []
        self.warm = time.perf_counter_ns() + WORK.get("warmup", 100) * 1_000_000
        self.end = self.warm + WORK.get("ms", 200) * 1_000_000

    def add(self, ns):
        """Takes one sample and returns whether another is wanted."""
        now = time.perf_counter_ns()
        if now < self.warm:
            return True
        self.values.append(ns)
        return len(self.values) < 4 or now < self.end

    def answer(self):
        """Prints the median; the first sample may have begun within the warm-up."""
        values = sorted(self.values[1:])
        answer(ns=round(values[len(values) // 2], 2))


def measure(once):
    """Calls `once`, which returns nanoseconds per operation, as long as samples are wanted."""
    samples = Samples()
    while samples.add(once()):
        pass
    samples.answer()


def open_pairs(count):
    """Socket pairs whose read ends have the lowest descriptors there are, as peer.h opens them."""
    fillers = [os.dup(0) for _ in range(count)]
    readers, writers = [], []
    for filler in fillers:
        os.close(filler)
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        readers.append(reader)
        writers.append(writer)
    return readers, writers


def start_writers(writers):
    """The writers that the chain begins with, as far apart as can be."""
    return [writers[i * FDS // ACTIVE] for i in range(ACTIVE)]


def listen():
    """A listener on loopback, whose port it prints."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    answer(port=listener.getsockname()[1])
    return listener


def echo(conn, most=65536):
    """Sends back what a blocking socket gets; at its end, the load resets all connections."""
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while data := conn.recv(most):
            conn.sendall(data)
    except ConnectionResetError:
        pass
    conn.close()


def resident_bytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()
