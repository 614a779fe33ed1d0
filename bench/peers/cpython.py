"""CPython's `selectors`, used as its documentation does: backend=select, poll or epoll."""

import selectors
import socket
import time

from peer import (ACTIVE, FDS, TOTAL, TRIAL, WORK, answer, listen, measure, open_pairs, resident_bytes,
                  skip, start_writers)

BACKEND = WORK.get("backend") or WORK.get("model", "epoll")
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
sel = {
    "select": selectors.SelectSelector,
    "poll": selectors.PollSelector,
    "epoll": selectors.EpollSelector,
}[BACKEND]()


def chain(writers):
    """Key data is the index of the pair."""
    starters = start_writers(writers)
    buffer = bytearray(1)

    def once():
        left, consumed = TOTAL - ACTIVE, 0
        for writer in starters:
            writer.send(b"x")
        start = time.perf_counter_ns()
        while consumed < TOTAL:
            for key, _ in sel.select():
                key.fileobj.recv_into(buffer)
                consumed += 1
                if left > 0:
                    left -= 1
                    following = key.data + 1
                    writers[0 if following == FDS else following].send(buffer)
        return (time.perf_counter_ns() - start) / TOTAL

    return once


def idle():
    start = time.perf_counter_ns()
    seen = 0
    for _ in range(10):
        for key, mask in sel.select(0):
            seen += key.fd + mask
    return (time.perf_counter_ns() - start) / 10


def churn(readers):
    def register():
        start = time.perf_counter_ns()
        for reader in readers:
            sel.register(reader, READ)
            sel.unregister(reader)
        return (time.perf_counter_ns() - start) / FDS

    def modify():
        start = time.perf_counter_ns()
        for reader in readers:
            sel.modify(reader, READ | WRITE)
        for reader in readers:
            sel.modify(reader, READ)
        return (time.perf_counter_ns() - start) / (2 * FDS)

    if WORK.get("operation") != "modify":
        return register
    for reader in readers:
        sel.register(reader, READ)
    return modify


def memory(readers):
    sel.register(readers[0], READ)
    sel.select(0)
    before = resident_bytes()
    for reader in readers[1:]:
        sel.register(reader, READ)
    sel.select(0)
    answer(bytes=round((resident_bytes() - before) / (FDS - 1), 1))


def echo():
    listener = listen()
    listener.setblocking(False)
    sel.register(listener, READ)
    while True:
        for key, _ in sel.select():
            conn = key.fileobj
            if conn is listener:
                try:
                    conn, _ = listener.accept()
                except BlockingIOError:
                    continue
                if BACKEND == "select" and conn.fileno() >= 1024:
                    skip("select takes descriptors below 1024")
                conn.setblocking(False)
                conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sel.register(conn, READ)
                continue
            try:
                data = conn.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                sel.unregister(conn)
                conn.close()
            elif conn.send(data) != len(data):
                raise RuntimeError("a message did not fit the send buffer")


def main():
    if TRIAL in ("echo", "models"):
        return echo()
    readers, writers = open_pairs(FDS)
    if BACKEND == "select" and readers[-1].fileno() >= 1024:
        skip("select takes descriptors below 1024")
    if TRIAL == "churn":
        return measure(churn(readers))
    if TRIAL == "memory":
        return memory(readers)
    for i, reader in enumerate(readers):
        sel.register(reader, READ, i)
    if TRIAL == "chain":
        return measure(chain(writers))
    for writer in writers[: WORK.get("ready", 0)]:
        writer.send(b"x")
    measure(idle)


main()
