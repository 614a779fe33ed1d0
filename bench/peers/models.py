"""The echo server in CPython with a process or a thread for each request, or a pool of threads."""

import os
import runpy
import threading

from peer import WORK, echo, listen


def process_per_request(listener):
    children = 0
    while True:
        conn, _ = listener.accept()
        # Waited for, so that their time counts as this process's.
        while children and os.waitpid(-1, os.WNOHANG)[0]:
            children -= 1
        children += 1
        if os.fork() == 0:
            echo(conn)
            os._exit(0)
        conn.close()


def thread_per_request(listener):
    while True:
        conn, _ = listener.accept()
        threading.Thread(target=echo, args=(conn,), daemon=True).start()


def pool(listener):
    def serve():
        while True:
            echo(listener.accept()[0])

    for _ in range(WORK.get("connections", 32) - 1):
        threading.Thread(target=serve, daemon=True).start()
    serve()


def main():
    if WORK["model"] in ("select", "poll", "epoll"):
        # The server of the trial echo.
        return runpy.run_path(os.path.join(os.path.dirname(__file__), "cpython.py"))
    run = {"process": process_per_request, "thread": thread_per_request, "pool": pool}
    run[WORK["model"]](listen())


main()
