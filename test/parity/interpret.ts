/** Runs parity scripts here; README.md describes them, and `interpret.py` is the same in CPython. */
import { readFileSync } from 'node:fs';
import {
  type BaseSelector,
  EpollSelector,
  EVENT_READ,
  PollSelector,
  type SelectorKey,
  type SelectorMap,
  SelectSelector,
} from 'fd-selectors';
import { epoll, poll, select } from 'fd-selectors/select';
import { check } from '../../src/errors.js';
import { native } from '../../src/native.js';
import { EVENTS, Machine, type Operation } from './descriptors.js';

/** Select, Poll and Epoll: the classes of the package root. */
class SelectorMachine extends Machine {
  readonly #selector: BaseSelector;
  // biome-ignore lint/suspicious/noExplicitAny: the objects are whatever the script says
  #map: SelectorMap<unknown, any> | undefined;

  constructor(selector: BaseSelector) {
    super();
    this.#selector = selector;
  }

  #events(mask: number): string {
    const names = Object.entries(EVENTS).filter(([, bit]) => (mask & bit) !== 0);
    return names.map(([name]) => name).join('|') || '0';
  }

  #key({ fileobj, fd, events, data }: SelectorKey): string {
    const shown = data === undefined ? 'none' : JSON.stringify(data);
    return `${this.shown(fileobj)} ${this.shown(fd)} ${this.#events(events)} ${shown}`;
  }

  #fds(map = this.#map): string {
    const fds = [...(map as NonNullable<typeof map>).keys()];
    return `${map?.size} [${fds.map((fd) => this.shown(fd)).join(', ')}]`;
  }

  #modify(word: string, mask: string, data = 'none'): string {
    const fileobj = this.fileobj(word);
    const before = this.#selector.getKey(fileobj);
    const after = this.#selector.modify(fileobj, this.mask(mask), this.value(data));
    return `${before === after ? 'same' : 'new'} ${this.#key(after)}`;
  }

  #select(timeout: number | undefined): string {
    const ready = this.#selector.select(timeout);
    return `[${ready
      .map(([{ fd }, bits]) => `${this.shown(fd)} ${this.#events(bits)}`)
      .sort()
      .join(', ')}]`;
  }

  #many(name: string, count: number): string {
    for (let i = 0; i < count; i++) this.duplicate(this.number(name), 2000 + i);
    for (let i = 0; i < count; i++) this.#selector.register(2000 + i, EVENT_READ);
    return String(count);
  }

  override readonly operations: Record<string, Operation> = {
    register: (word, mask, data = 'none') =>
      this.#key(
        this.#selector.register(this.fileobj(word as string), this.mask(mask as string), this.value(data)),
      ),
    modify: (word, mask, data) => this.#modify(word as string, mask as string, data),
    unregister: (word) => this.#key(this.#selector.unregister(this.fileobj(word as string))),
    select: (word) => {
      const timeout = this.value(word as string);
      return this.timed(timeout, () => this.#select(timeout));
    },
    count: (timeout) => String(this.#selector.select(this.value(timeout as string)).length),
    getKey: (word) => this.#key(this.#selector.getKey(this.fileobj(word as string))),
    get: (word) => {
      const key = this.#selector.getMap().get(this.fileobj(word as string));
      return key === undefined ? 'none' : this.#key(key);
    },
    has: (word) => (this.#selector.getMap().has(this.fileobj(word as string)) ? 'yes' : 'no'),
    map: () => this.#fds(this.#selector.getMap()),
    keep: () => {
      this.#map = this.#selector.getMap();
      return this.#fds();
    },
    kept: () => this.#fds(),
    many: (name, count) => this.#many(name as string, Number(count)),
    close: () => {
      this.#selector.close();
      return 'ok';
    },
  };

  override close(): void {
    this.#selector.close();
    super.close();
  }
}

/** The function `select`. */
class SelectMachine extends Machine {
  #list(word: string): never {
    if (word === '-') return [] as never;
    return (word === 'none' ? undefined : word.split(',').map((item) => this.fileobj(item))) as never;
  }

  override readonly operations: Record<string, Operation> = {
    select: (r, w, x, word = 'none') => {
      const timeout = this.value(word);
      return this.timed(timeout, () =>
        select(this.#list(r as string), this.#list(w as string), this.#list(x as string), timeout)
          .map((found) => `[${found.map((item) => this.shown(item)).join(', ')}]`)
          .join(' '),
      );
    },
  };
}

type Poller = Pick<ReturnType<typeof poll>, 'register' | 'modify' | 'unregister'>;

/** Registers, modifies, unregisters on an object of `poll()` or `epoll()`. */
function registrations(machine: Machine, poller: () => Poller): Record<string, Operation> {
  const ok =
    (use: (...words: string[]) => void): Operation =>
    (...words) => {
      use(...words);
      return 'ok';
    };
  return {
    register: ok((word, mask) =>
      mask === undefined
        ? poller().register(machine.fileobj(word as string))
        : poller().register(machine.fileobj(word as string), machine.mask(mask)),
    ),
    modify: ok((word, mask) =>
      poller().modify(machine.fileobj(word as string), machine.mask(mask as string)),
    ),
    unregister: ok((word) => poller().unregister(machine.fileobj(word as string))),
  };
}

/** The object of `poll()`. */
class PollMachine extends Machine {
  override readonly prefix = 'POLL';
  readonly #poller = poll();

  override readonly operations: Record<string, Operation> = {
    ...registrations(this, () => this.#poller),
    poll: (word = 'none') => {
      const milliseconds: number | undefined = this.value(word);
      const seconds = milliseconds === undefined ? undefined : milliseconds / 1e3;
      return this.timed(seconds, () => this.pairs(this.#poller.poll(milliseconds)));
    },
  };
}

/** The object of `epoll()`. */
class EpollMachine extends Machine {
  #poller = epoll();
  readonly #pollers = [this.#poller];

  #use(poller: ReturnType<typeof epoll>): string {
    this.#poller = poller;
    this.#pollers.push(poller);
    return 'ok';
  }

  override own(): number {
    return this.#poller.fileno();
  }

  #poll(timeout: never, most: number | undefined): [number, number][] {
    const pairs = this.#poller.poll(timeout, most);
    const name = ([fd]: [number, number]): string => this.shown(fd);
    return pairs.sort((a, b) => (name(a) < name(b) ? -1 : 1));
  }

  override readonly operations: Record<string, Operation> = {
    ...registrations(this, () => this.#poller),
    open: (...words) => this.#use(epoll(...words.map((word) => this.value(word)))),
    fromfd: (word) => {
      const fd = word === undefined ? check(native.dup(this.#poller.fileno()), 'dup') : this.fileobj(word);
      return this.#use(epoll.fromfd(fd));
    },
    poll: (word = 'none', most = 'none') => {
      const timeout = this.value(word);
      return this.timed(timeout, () => this.pairs(this.#poll(timeout, this.value(most))));
    },
    count: (word = 'none', most = 'none') => String(this.#poll(this.value(word), this.value(most)).length),
    fileno: () => (this.#poller.fileno() >= 0 ? 'number' : 'none'),
    closed: () => (this.#poller.closed ? 'yes' : 'no'),
    cloexec: () => {
      const info = readFileSync(`/proc/self/fdinfo/${this.#poller.fileno()}`, 'utf8');
      return (Number.parseInt(/flags:\s*(\d+)/.exec(info)?.[1] ?? '0', 8) & 0o2000000) !== 0 ? 'yes' : 'no';
    },
    close: () => {
      this.#poller.close();
      return 'ok';
    },
  };

  override close(): void {
    for (const poller of this.#pollers) poller.close();
    super.close();
  }
}

const machines = {
  Select: () => new SelectorMachine(new SelectSelector()),
  Poll: () => new SelectorMachine(new PollSelector()),
  Epoll: () => new SelectorMachine(new EpollSelector()),
  select: () => new SelectMachine(),
  poll: () => new PollMachine(),
  epoll: () => new EpollMachine(),
};

export type Target = keyof typeof machines;

/** What a script prints on a target, a line for each operation. */
export function interpret(target: Target, lines: readonly string[]): string[] {
  const machine = machines[target]();
  try {
    return lines.map((line) => machine.run(line));
  } finally {
    machine.close();
  }
}
