"""Runs parity scripts in CPython; README.md describes them.

Standard input: a JSON list of {"target": ..., "lines": [...]}. Standard output: a JSON list of logs.
"""

import json
import os
import resource
import select
import selectors
import sys

from descriptors import EVENTS, Machine


class SelectorMachine(Machine):
    """Select, Poll and Epoll: the classes of the module `selectors`."""

    def __init__(self, selector):
        super().__init__()
        self.selector = selector
        self.map = None

    def events(self, mask):
        return "|".join(name for name, bit in EVENTS.items() if mask & bit) or "0"

    def key(self, key):
        data = "none" if key.data is None else json.dumps(key.data)
        return f"{self.shown(key.fileobj)} {self.shown(key.fd)} {self.events(key.events)} {data}"

    def fds(self, fds):
        return f"{len(fds)} [" + ", ".join(self.shown(fd) for fd in fds) + "]"

    def op_register(self, fileobj, mask, data="none"):
        return self.key(self.selector.register(self.fileobj(fileobj), self.mask(mask), self.value(data)))

    def op_modify(self, word, mask, data="none"):
        fileobj = self.fileobj(word)
        before = self.selector.get_key(fileobj)
        after = self.selector.modify(fileobj, self.mask(mask), self.value(data))
        return ("same " if before is after else "new ") + self.key(after)

    def op_unregister(self, fileobj):
        return self.key(self.selector.unregister(self.fileobj(fileobj)))

    def op_select(self, word):
        timeout = self.value(word)

        def wait():
            found = self.selector.select(timeout)
            return "[" + ", ".join(sorted(f"{self.shown(key.fd)} {self.events(bits)}" for key, bits in found)) + "]"

        return self.timed(timeout, wait)

    def op_count(self, timeout):
        return str(len(self.selector.select(self.value(timeout))))

    def op_getKey(self, fileobj):
        return self.key(self.selector.get_key(self.fileobj(fileobj)))

    def op_get(self, fileobj):
        key = self.selector.get_map().get(self.fileobj(fileobj))
        return "none" if key is None else self.key(key)

    def op_has(self, fileobj):
        return "yes" if self.fileobj(fileobj) in self.selector.get_map() else "no"

    def op_map(self):
        return self.fds(self.selector.get_map())

    def op_keep(self):
        self.map = self.selector.get_map()
        return self.op_kept()

    def op_kept(self):
        return self.fds(self.map)

    def op_many(self, name, count):
        for i in range(int(count)):
            os.dup2(self.number(name), 2000 + i, inheritable=False)
            self.opened.add(2000 + i)
        for i in range(int(count)):
            self.selector.register(2000 + i, selectors.EVENT_READ)
        return count

    def op_close(self):
        self.selector.close()
        return "ok"

    def close(self):
        self.selector.close()
        super().close()


class SelectMachine(Machine):
    """The function select.select."""

    def list(self, word):
        if word == "-":
            return []
        return [self.fileobj(item) for item in word.split(",")] if word != "none" else None

    def op_select(self, r, w, x, word="none"):
        timeout = self.value(word)

        def wait():
            lists = select.select(self.list(r), self.list(w), self.list(x), timeout)
            return " ".join("[" + ", ".join(map(self.shown, found)) + "]" for found in lists)

        return self.timed(timeout, wait)


class PollMachine(Machine):
    """The object select.poll()."""

    prefix = "POLL"

    def __init__(self):
        super().__init__()
        self.poller = select.poll()

    def op_register(self, fileobj, *mask):
        self.poller.register(self.fileobj(fileobj), *map(self.mask, mask))
        return "ok"

    def op_modify(self, fileobj, mask):
        self.poller.modify(self.fileobj(fileobj), self.mask(mask))
        return "ok"

    def op_unregister(self, fileobj):
        self.poller.unregister(self.fileobj(fileobj))
        return "ok"

    def op_poll(self, *words):
        milliseconds = [self.value(word) for word in words]
        seconds = milliseconds[0] / 1000 if words and isinstance(milliseconds[0], (int, float)) else None
        return self.timed(seconds, lambda: self.pairs(self.poller.poll(*milliseconds)))


class EpollMachine(PollMachine):
    """The object select.epoll()."""

    prefix = "EPOLL"

    def __init__(self):
        super().__init__()
        self.poller = select.epoll()
        self.pollers = [self.poller]

    def use(self, poller):
        self.poller = poller
        self.pollers.append(poller)
        return "ok"

    def own(self):
        return self.poller.fileno()

    def op_open(self, *arguments):
        return self.use(select.epoll(*map(self.value, arguments)))

    def op_fromfd(self, *words):
        fd = self.fileobj(words[0]) if words else os.dup(self.poller.fileno())
        return self.use(select.epoll.fromfd(fd))

    def op_poll(self, *words):
        arguments = [self.value(word) for word in words]
        timeout = arguments[0] if arguments else None

        def wait():
            return self.pairs(sorted(self.poller.poll(*arguments), key=lambda pair: self.shown(pair[0])))

        return self.timed(timeout, wait)

    def op_count(self, *words):
        return str(len(self.poller.poll(*map(self.value, words))))

    def op_fileno(self):
        return "number" if self.poller.fileno() >= 0 else "none"

    def op_closed(self):
        return "yes" if self.poller.closed else "no"

    def op_cloexec(self):
        return "yes" if not os.get_inheritable(self.poller.fileno()) else "no"

    def op_close(self):
        self.poller.close()
        return "ok"

    def close(self):
        for poller in self.pollers:
            poller.close()
        super().close()


MACHINES = {
    "Select": lambda: SelectorMachine(selectors.SelectSelector()),
    "Poll": lambda: SelectorMachine(selectors.PollSelector()),
    "Epoll": lambda: SelectorMachine(selectors.EpollSelector()),
    "select": SelectMachine,
    "poll": PollMachine,
    "epoll": EpollMachine,
}


def interpret(script):
    machine = MACHINES[script["target"]]()
    try:
        return [machine.run(line) for line in script["lines"]]
    finally:
        machine.close()


hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
json.dump([interpret(script) for script in json.load(sys.stdin)], sys.stdout)
