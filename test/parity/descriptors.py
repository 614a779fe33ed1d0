"""What a parity script does with descriptors, in CPython; README.md describes the operations."""

import errno
import json
import os
import select
import socket
import tempfile
import time

BITS = ["IN", "PRI", "OUT", "ERR", "HUP", "NVAL", "RDHUP", "ONESHOT", "ET"]
EVENTS = {"READ": 1, "WRITE": 2, "PRIORITY": 4}


class Holder:
    """An object that has the descriptor of a name."""

    def __init__(self, shown, fd):
        self.shown = shown
        self.fd = fd
        self.failure = None

    def fileno(self):
        if self.failure:
            raise OSError(self.failure, "broken on purpose")
        return self.fd


class TextFileno:
    shown = "text"

    def fileno(self):
        return "text"


class Machine:
    """The descriptors of a script; a subclass has the operations of its target."""

    prefix = "EPOLL"

    def __init__(self):
        self.numbers = {}
        self.names = {}
        self.holders = {}
        self.opened = set()

    # What the words of an operation mean

    def number(self, name):
        if name not in self.numbers:
            base = 1500 if name.startswith("high") else 700
            fd = base + len(self.numbers)
            self.numbers[name] = fd
            self.names[fd] = name
        return self.numbers[name]

    def holder(self, word):
        if word not in self.holders:
            self.holders[word] = Holder(word, self.number(word.lstrip("@")))
        return self.holders[word]

    def fileobj(self, word):
        if word == "text":
            return TextFileno()
        if word == "own":
            return self.own()
        if word[0] == "@":
            return self.holder(word)
        return self.number(word) if word[0].isalpha() and word != "none" else self.value(word)

    def value(self, word):
        if word == "none":
            return None
        if word == "{}":
            return object()
        return float(word) if word in ("nan", "inf", "-inf") else json.loads(word)

    def mask(self, word):
        if not word[0].isupper():
            return self.value(word)
        bits = 0
        for part in word.split("|"):
            bits |= EVENTS[part] if part in EVENTS else getattr(select, self.prefix + part)
        return bits

    # How results are shown

    def shown(self, fileobj):
        if isinstance(fileobj, int):
            return self.names.get(fileobj, str(fileobj))
        return getattr(fileobj, "shown", "?")

    def bits(self, mask):
        found = []
        for name in BITS:
            bit = getattr(select, self.prefix + name, 0)
            if mask & bit:
                found.append(name)
                mask &= ~bit
        return "|".join(found + ([hex(mask)] if mask else [])) or "0"

    def pairs(self, pairs):
        return "[" + ", ".join(f"{self.shown(fd)} {self.bits(bits)}" for fd, bits in pairs) + "]"

    def timed(self, timeout, wait):
        """What a wait found; finding nothing before the timeout is too early."""
        start = time.monotonic()
        found = wait()
        waits = isinstance(timeout, (int, float)) and timeout > 0
        early = waits and time.monotonic() - start < timeout
        return found + " early" if early and not found.strip("[] ") else found

    # Operations on descriptors

    def socket(self, name, use):
        """Borrows the descriptor for a call of a socket."""
        end = socket.socket(fileno=self.number(name))
        try:
            return use(end)
        finally:
            end.detach()

    def place(self, fd, name):
        number = self.number(name)
        os.dup2(fd, number, inheritable=False)
        os.close(fd)
        os.set_blocking(number, False)
        self.opened.add(number)

    def ends(self, fds, names):
        for fd, name in zip(fds, names):
            self.place(fd, name)
        return "ok"

    def op_pipe(self, *names):
        return self.ends(os.pipe(), names)

    def op_pair(self, *names):
        return self.ends([end.detach() for end in socket.socketpair()], names)

    def op_tcp(self, *names):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = socket.create_connection(server.getsockname())
            conn, _ = server.accept()
        return self.ends([client.detach(), conn.detach()], names)

    def op_file(self, name):
        fd, path = tempfile.mkstemp()
        os.unlink(path)
        return self.ends([fd], [name])

    def op_null(self, name):
        return self.ends([os.open("/dev/null", os.O_RDWR)], [name])

    def op_write(self, name, length):
        return str(os.write(self.number(name), bytes(int(length))))

    def op_fill(self, name):
        moved = 0
        # A bound, for files never say that they are full.
        for _ in range(64):
            try:
                moved += os.write(self.number(name), bytes(1 << 16))
            except BlockingIOError:
                break
        return str(moved)

    def op_read(self, name):
        return str(len(os.read(self.number(name), 1 << 20)))

    def op_oob(self, name):
        return str(self.socket(name, lambda end: end.send(b"!", socket.MSG_OOB)))

    def op_shutdown(self, name):
        self.socket(name, lambda end: end.shutdown(socket.SHUT_WR))
        return "ok"

    def op_closefd(self, name):
        os.close(self.number(name))
        return "ok"

    def op_dup2(self, old, new):
        number = self.number(new)
        os.dup2(self.number(old), number, inheritable=False)
        self.opened.add(number)
        return "ok"

    def op_lose(self, name):
        self.holder("@" + name).fd = -1
        return "ok"

    def op_break(self, name, code):
        self.holder("@" + name).failure = getattr(errno, code)
        return "ok"

    def close(self):
        for fd in self.opened:
            try:
                os.close(fd)
            except OSError:
                pass

    # The run

    def run(self, line):
        word, *arguments = line.split()
        try:
            return getattr(self, "op_" + word)(*arguments)
        except OSError as error:
            return f"{type(error).__name__} {errno.errorcode.get(error.errno, '-')}"
        except Exception as error:
            return type(error).__name__
