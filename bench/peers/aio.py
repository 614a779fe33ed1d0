"""asyncio, or with loop=uvloop the same on uvloop: callbacks of `add_reader`, and protocols for echo."""

import asyncio
import socket
import time

from peer import (ACTIVE, FDS, TOTAL, TRIAL, WORK, Samples, answer, measure, open_pairs, resident_bytes,
                  start_writers)

if WORK.get("loop") == "uvloop":
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


async def chain(readers, writers):
    loop = asyncio.get_running_loop()
    starters = start_writers(writers)
    buffer = bytearray(1)
    left = consumed = 0
    done = None

    def on_readable(reader, following):
        nonlocal left, consumed
        reader.recv_into(buffer)
        consumed += 1
        if left > 0:
            left -= 1
            following.send(buffer)
        elif consumed == TOTAL:
            done.set_result(None)

    for i, reader in enumerate(readers):
        loop.add_reader(reader, on_readable, reader, writers[(i + 1) % FDS])
    samples = Samples()
    more = True
    while more:
        left, consumed, done = TOTAL - ACTIVE, 0, loop.create_future()
        for writer in starters:
            writer.send(b"x")
        start = time.perf_counter_ns()
        await done
        more = samples.add((time.perf_counter_ns() - start) / TOTAL)
    samples.answer()


def nothing():
    pass


async def churn(readers):
    loop = asyncio.get_running_loop()

    def once():
        start = time.perf_counter_ns()
        for reader in readers:
            loop.add_reader(reader, nothing)
            loop.remove_reader(reader)
        return (time.perf_counter_ns() - start) / FDS

    measure(once)


async def memory(readers):
    loop = asyncio.get_running_loop()
    loop.add_reader(readers[0], nothing)
    await asyncio.sleep(0.01)
    before = resident_bytes()
    for reader in readers[1:]:
        loop.add_reader(reader, nothing)
    await asyncio.sleep(0.01)
    answer(bytes=round((resident_bytes() - before) / (FDS - 1), 1))


async def wakeup(reader, writer):
    """One byte to oneself, and the loop's wake-up for it, which reads the byte."""
    loop = asyncio.get_running_loop()
    woken = None

    def on_readable():
        reader.recv(1)
        woken.set_result(None)

    loop.add_reader(reader, on_readable)
    samples = Samples()
    more = True
    while more:
        start = time.perf_counter_ns()
        for _ in range(100):
            woken = loop.create_future()
            writer.send(b"x")
            await woken
        more = samples.add((time.perf_counter_ns() - start) / 100)
    samples.answer()


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        self.transport.write(data)


async def echo():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=4096)
    answer(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def main():
    if TRIAL == "echo":
        return await echo()
    readers, writers = open_pairs(1 if TRIAL == "wakeup" else FDS)
    if TRIAL == "chain":
        return await chain(readers, writers)
    if TRIAL == "churn":
        return await churn(readers)
    if TRIAL == "memory":
        return await memory(readers)
    await wakeup(readers[0], writers[0])


asyncio.run(main())
