"""gevent, with a greenlet for each socket, as its users write."""

import time

import gevent
from gevent import event, server, socket

import peer
from peer import ACTIVE, FDS, TOTAL, TRIAL, Samples, answer, open_pairs, resident_bytes, start_writers


def wrap(sock):
    return socket.socket(fileno=sock.detach())


def chain(readers, writers):
    starters = start_writers(writers)
    left = consumed = 0
    done = event.Event()

    def relay(reader, following):
        nonlocal left, consumed
        buffer = bytearray(1)
        while True:
            # Waits before it reads: a read that is tried first fails on every event but the first.
            socket.wait_read(reader.fileno())
            reader.recv_into(buffer)
            consumed += 1
            if left > 0:
                left -= 1
                following.send(buffer)
            elif consumed == TOTAL:
                done.set()

    for i, reader in enumerate(readers):
        gevent.spawn(relay, reader, writers[(i + 1) % FDS])
    gevent.sleep(0)
    samples = Samples()
    more = True
    while more:
        left, consumed = TOTAL - ACTIVE, 0
        done.clear()
        for writer in starters:
            writer.send(b"x")
        start = time.perf_counter_ns()
        done.wait()
        more = samples.add((time.perf_counter_ns() - start) / TOTAL)
    samples.answer()


def memory(readers):
    """A greenlet waiting for each descriptor: that is what registering is in gevent."""
    gevent.spawn(socket.wait_read, readers[0].fileno())
    gevent.sleep(0.01)
    before = resident_bytes()
    for reader in readers[1:]:
        gevent.spawn(socket.wait_read, reader.fileno())
    gevent.sleep(0.01)
    answer(bytes=round((resident_bytes() - before) / (FDS - 1), 1))


def echo():
    listener = server.StreamServer(("127.0.0.1", 0), lambda conn, _: peer.echo(conn), backlog=4096)
    listener.start()
    answer(port=listener.server_port)
    listener.serve_forever()


def main():
    if TRIAL == "echo":
        return echo()
    readers, writers = open_pairs(FDS)
    if TRIAL == "memory":
        return memory(readers)
    chain([wrap(reader) for reader in readers], writers)


main()
