"""bench/subjects/ours/coroutines.ts in gevent and in asyncio: `loop=` says which."""

import asyncio
import resource
import socket
import time

from peer import TRIAL, WORK, answer, echo, resident_bytes

N = WORK.get("tasks", 100_000)
TURNS = 100_000


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1e9


def spread(i):
    return 0.5 + ((i * 7919) % 1000) / 2000


def with_gevent():
    import gevent
    from gevent.server import StreamServer

    def ping_pong():
        for _ in range(TURNS):
            gevent.sleep(0)

    if TRIAL == "switch":
        start = time.perf_counter_ns()
        gevent.joinall([gevent.spawn(ping_pong), gevent.spawn(ping_pong)])
        answer(ns=(time.perf_counter_ns() - start) / (2 * TURNS))
    elif TRIAL == "memory":
        before, start = resident_bytes(), time.perf_counter_ns()
        tasks = [gevent.spawn(gevent.sleep, 1000) for _ in range(N)]
        gevent.sleep(0)
        took = time.perf_counter_ns() - start
        answer(bytes=(resident_bytes() - before) / len(tasks), ns=took / N)
    elif TRIAL == "timers":
        start = cpu()
        gevent.joinall([gevent.spawn(gevent.sleep, spread(i)) for i in range(N)])
        answer(ns=(cpu() - start) / N)
    else:
        server = StreamServer(("127.0.0.1", 0), lambda conn, _: echo(conn, 1024), backlog=4096)
        server.start()
        answer(port=server.server_port)
        server.serve_forever()


async def with_asyncio():
    async def ping_pong():
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def serve(reader, writer):
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while data := await reader.read(1024):
                writer.write(data)
                await writer.drain()
        except ConnectionResetError:
            pass
        writer.close()

    if TRIAL == "switch":
        start = time.perf_counter_ns()
        await asyncio.gather(ping_pong(), ping_pong())
        answer(ns=(time.perf_counter_ns() - start) / (2 * TURNS))
    elif TRIAL == "memory":
        before, start = resident_bytes(), time.perf_counter_ns()
        tasks = [asyncio.create_task(asyncio.sleep(1000)) for _ in range(N)]
        await asyncio.sleep(0)
        took = time.perf_counter_ns() - start
        answer(bytes=(resident_bytes() - before) / len(tasks), ns=took / N)
        for task in tasks:
            task.cancel()
    elif TRIAL == "timers":
        start = cpu()
        await asyncio.gather(*(asyncio.sleep(spread(i)) for i in range(N)))
        answer(ns=(cpu() - start) / N)
    else:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096)
        answer(port=server.sockets[0].getsockname()[1])
        await server.serve_forever()


if WORK.get("loop") == "asyncio":
    asyncio.run(with_asyncio())
else:
    with_gevent()
