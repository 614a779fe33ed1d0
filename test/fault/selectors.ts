/** The selectors: what each of their calls does while the kernel refuses. */
import { writeSync } from 'node:fs';
import {
  type BaseSelector,
  EpollSelector,
  EVENT_PRIORITY,
  EVENT_READ,
  EVENT_WRITE,
  PollSelector,
  ready,
  SelectSelector,
} from 'fd-selectors';
import { pipe } from 'fd-selectors/fds';
import { epoll, POLLIN, poll, select } from 'fd-selectors/select';
import { type Socket, socketpair } from 'fd-selectors/socket';
import type { Effect, Outcome, Run, Subject } from './engine.js';

const CLASSES = [SelectSelector, PollSelector, EpollSelector];
type Selector = BaseSelector<string>;
const WAIT = { EINTR: 'absorbed' };
/** Seconds that a wait may take for what is there at once. */
const PATIENCE = 5;
type Effects = Readonly<Record<string, Effect>>;

/** What a trial has: a selector that watches a readable socket, and a second readable socket. */
interface Stage {
  readonly sel: Selector;
  readonly watched: Socket;
  readonly other: Socket;
}

function pair(closes: (() => void)[]): Socket {
  const [near, far] = socketpair();
  far.send(Buffer.from('x'));
  closes.push(
    () => near.close(),
    () => far.close(),
  );
  return near;
}

/** The registrations must be these, and each must be reported, whatever has failed before. */
function expectWatched({ sel }: Stage, ...names: string[]): void {
  const registered = [...sel.getMap().values()].map(({ data }) => data);
  if (registered.join() !== names.join()) throw new Error(`${registered} are registered, not ${names}`);
  for (let i = 0; i < 2; i++) {
    const found = sel.select(0).map(([{ data }]) => data);
    if (found.sort().join() !== names.join()) throw new Error(`select() reports ${found}, not ${names}`);
  }
}

/** The same through Node's loop. */
async function expectAwaited(stage: Stage, ...names: string[]): Promise<void> {
  expectWatched(stage, ...names);
  const found = await stage.sel.selectAsync(PATIENCE);
  if (found.length !== names.length) throw new Error(`selectAsync() reports ${found.length}`);
}

/** Lets the loop turn, so that the next wait may resolve at once; the thread has the sets that it keeps open. */
async function turn(): Promise<void> {
  using sel = new EpollSelector();
  const [reader, writer] = pipe();
  await Promise.all([sel.selectAsync(0.001), ready(reader, EVENT_READ, { timeout: 0.001 })]);
  reader.close();
  writer.close();
}

/** Waits while something happens that makes the wait resolve. Both must succeed. */
async function awaitIn(sel: Selector, happen: () => unknown): Promise<void> {
  const controller = new AbortController();
  const found = sel.selectAsync(PATIENCE, { signal: controller.signal });
  found.catch(() => {});
  try {
    happen();
  } catch (error) {
    controller.abort();
    throw error;
  }
  if ((await found).length === 0) throw new Error('the wait found nothing');
}

/** Why some faults are not struck. */
const CLOSED_FD = 'says that a descriptor was closed while registered, and then it is no longer reported';
const CLOSED_SET = 'fails only for a set that somebody has closed, whose number is not ours any more';

interface Trial {
  /** Before the fault. */
  prepare?(stage: Stage): unknown;
  act(stage: Stage): unknown;
  verify?(stage: Stage, outcome: Outcome): unknown;
  readonly effects?: Effects;
  readonly always?: readonly string[];
  readonly skips?: Readonly<Record<string, string>>;
}

const trials: Record<string, Trial> = {
  register: {
    act: ({ sel, other }) => sel.register(other, EVENT_READ, 'b'),
    verify: (stage, { error }) => expectWatched(stage, 'a', ...(error ? [] : ['b'])),
    // A ghost of the same number is removed first, and then the call repeated.
    effects: { EPOLL_CTL_ADD: { EEXIST: 'absorbed' } },
  },
  modify: {
    prepare: ({ sel, other }) => sel.register(other, EVENT_READ, 'b'),
    act: ({ sel, other }) => sel.modify(other, EVENT_READ | EVENT_WRITE, 'b'),
    verify: (stage, { error }) => expectWatched(stage, 'a', ...(error ? [] : ['b'])),
  },
  unregister: {
    prepare: ({ sel, other }) => sel.register(other, EVENT_READ, 'b'),
    act: ({ sel, other }) => sel.unregister(other),
    verify: (stage) => expectWatched(stage, 'a'),
    // What epoll goes on reporting is a ghost, which is found and removed.
    effects: { EPOLL_CTL_DEL: 'absorbed' },
  },
  'select(0)': {
    act: ({ sel }) => sel.select(0),
    verify: (stage) => expectWatched(stage, 'a'),
    effects: {
      epoll_wait: { EINTR: 'absorbed' },
      ppoll: { EINTR: 'absorbed' },
      pselect: { EINTR: 'absorbed' },
    },
  },
  'select(0.0001)': {
    prepare: ({ sel, watched }) => sel.unregister(watched),
    act: ({ sel }) => sel.select(0.0001),
    verify: (stage) => {
      stage.sel.register(stage.watched, EVENT_READ, 'a');
      expectWatched(stage, 'a');
    },
    effects: {
      epoll_pwait2: { EINTR: 'absorbed', ENOSYS: 'absorbed', EPERM: 'absorbed' },
      ppoll: { EINTR: 'absorbed' },
      pselect: { EINTR: 'absorbed' },
    },
  },
  close: {
    prepare: ({ sel }) => sel instanceof EpollSelector && sel.fileno(),
    act: ({ sel }) => sel.close(),
    // There is nothing that a program could do about it.
    effects: { close: 'absorbed' },
    skips: {
      EPOLL_CTL_DEL: 'fails only for a set that somebody has closed, whose number is not ours any more',
    },
  },
  selectAsync: {
    prepare: async ({ sel, watched }) => {
      sel.unregister(watched);
      await turn();
    },
    act: ({ sel, watched }) => awaitIn(sel, () => sel.register(watched, EVENT_READ, 'a')),
    verify: (stage) => {
      if (stage.sel.getMap().size === 0) stage.sel.register(stage.watched, EVENT_READ, 'a');
      return expectAwaited(stage, 'a');
    },
    effects: {
      epoll_wait: WAIT,
      ppoll: WAIT,
      pselect: WAIT,
      'EPOLL_CTL_ADD#2': { EEXIST: 'absorbed' },
      // The set of the thread asks again.
      'epoll_wait#2': 'absorbed',
    },
  },
};

/** On Node's loop, select and poll have an epoll set that only tells when to ask again. */
const scratched: Effects = {
  epoll_wait: 'absorbed',
  ppoll: WAIT,
  pselect: WAIT,
  // What epoll refuses is always ready, or an error: select and poll say so.
  'EPOLL_CTL_ADD#2': { EBADF: 'absorbed', EPERM: 'absorbed' },
  // A new descriptor, as is usual.
  EPOLL_CTL_MOD: { ENOENT: 'absorbed', EBADF: 'absorbed' },
};

/** A descriptor that was closed while a duplicate of it lives goes on being reported. */
const haunted: Trial = {
  prepare: ({ sel, other }) => {
    const doomed = other.dup();
    sel.register(doomed, EVENT_READ, 'ghost');
    sel.register(other, EVENT_READ, 'b');
    (sel as EpollSelector).fileno();
    const fd = doomed.fileno();
    doomed.close();
    sel.unregister(fd);
  },
  act: ({ sel }) => sel.select(0),
  verify: (stage) => expectWatched(stage, 'a', 'b'),
  always: ['ENOMEM', 'ENOSPC'],
  // The ghost stays for now: nothing is lost, and the next call tries again.
  effects: {
    epoll_wait: WAIT,
    epoll_create1: 'absorbed',
    EPOLL_CTL_ADD: 'absorbed',
    EPOLL_CTL_DEL: 'absorbed',
    close: 'absorbed',
  },
  skips: {
    'EPOLL_CTL_ADD EBADF': CLOSED_FD,
    'EPOLL_CTL_ADD EPERM': CLOSED_FD,
    EPOLL_CTL_MOD: CLOSED_SET,
  },
};

function subjectOf(name: string, Class: (typeof CLASSES)[number], trial: Trial): Subject {
  return {
    name,
    typed: true,
    ...(trial.effects && { effects: trial.effects }),
    ...(trial.always && { always: trial.always }),
    ...(trial.skips && { skips: trial.skips }),
    async begin(): Promise<Run> {
      const closes: (() => void)[] = [];
      const sel = new Class<string>();
      const stage = { sel, watched: pair(closes), other: pair(closes) };
      sel.register(stage.watched, EVENT_READ, 'a');
      await trial.prepare?.(stage);
      return {
        act: () => trial.act(stage),
        verify: (outcome) => trial.verify?.(stage, outcome),
        end: () => {
          sel.close();
          for (const close of closes) close();
        },
      };
    },
  };
}

const opening = CLASSES.map(
  (Class): Subject => ({
    name: `new ${Class.name}()`,
    typed: true,
    begin: () => ({ act: () => new Class().close() }),
    effects: { close: 'absorbed' },
  }),
);

/** Functions that have no object. */
const plain: Subject[] = [
  simple('select()', (sock) => select([sock], [], [], 0), { pselect: WAIT }),
  simple(
    'poll()',
    (sock) => {
      const poller = poll();
      poller.register(sock, POLLIN);
      poller.poll(0);
    },
    { ppoll: WAIT },
  ),
  simple(
    'epoll()',
    (sock) => {
      using set = epoll();
      set.register(sock, POLLIN);
      set.modify(sock, POLLIN);
      set.poll(0);
      set.unregister(sock);
    },
    { epoll_wait: WAIT, close: { EINTR: 'absorbed' } },
  ),
  simple('ready(), at once', (sock) => ready(sock, EVENT_READ), { ppoll: WAIT }),
];

function simple(name: string, act: (sock: Socket) => unknown, effects: Effects = {}): Subject {
  return {
    name,
    typed: true,
    effects,
    begin() {
      const closes: (() => void)[] = [];
      const sock = pair(closes);
      return {
        act: () => act(sock),
        verify: () => {
          if (sock.recv(10).length !== 1) throw new Error('the byte is lost');
        },
        end: () => {
          for (const close of closes) close();
        },
      };
    },
  };
}

/** `ready()` that has to wait, and another that waits for the same set of the thread. */
const waiting: Subject = {
  name: 'ready(), later',
  typed: true,
  async begin() {
    await turn();
    const [reader, writer] = pipe();
    const [silent, other] = pipe();
    const before = ready(silent, EVENT_READ, { timeout: PATIENCE });
    before.catch(() => {});
    return {
      act: async () => {
        const found = ready(reader, EVENT_READ, { timeout: PATIENCE });
        writeSync(writer.fileno(), 'x');
        if ((await found) !== EVENT_READ) throw new Error('found nothing');
      },
      verify: async () => {
        writeSync(other.fileno(), 'x');
        // Where epoll_wait(2) fails, so does every wait of the thread; the next one begins anew.
        const [earlier] = await Promise.allSettled([before]);
        const lost = earlier.status === 'rejected' && earlier.reason.syscall !== 'epoll_wait';
        if (lost) throw new Error(`an earlier wait is lost: ${earlier.reason}`);
        if ((await ready(reader, EVENT_READ, { timeout: PATIENCE })) !== EVENT_READ)
          throw new Error('is lost');
      },
      end: async () => {
        for (const end of [reader, writer, silent, other]) end.close();
        await turn();
      },
    };
  },
  effects: {
    ppoll: WAIT,
    epoll_wait: WAIT,
    // The thread's next wait, after this one.
    'epoll_wait#2': 'absorbed',
    EPOLL_CTL_ADD: { EEXIST: 'absorbed' },
    EPOLL_CTL_DEL: 'absorbed',
  },
};

/** Two waits for one descriptor: where the second is refused, the first says why. */
const both: Subject = {
  name: 'ready(), for more events of a descriptor',
  typed: true,
  async begin() {
    await turn();
    const closes: (() => void)[] = [];
    const [near, far] = socketpair();
    closes.push(
      () => near.close(),
      () => far.close(),
    );
    const controller = new AbortController();
    return {
      act: async () => {
        const first = ready(near, EVENT_READ, { timeout: PATIENCE });
        first.catch(() => {});
        ready(near, EVENT_PRIORITY, { signal: controller.signal }).catch(() => {});
        await new Promise(setImmediate);
        writeSync(far.fileno(), 'x');
        await first;
      },
      end: async () => {
        controller.abort();
        await turn();
        for (const close of closes) close();
      },
    };
  },
  always: ['ENOMEM'],
  effects: {
    ppoll: WAIT,
    epoll_wait: WAIT,
    EPOLL_CTL_ADD: { EEXIST: 'absorbed' },
    // The number is another file's by now.
    EPOLL_CTL_MOD: { ENOENT: 'EBADF' },
    // These are for the second wait alone.
    'ppoll#2': 'absorbed',
    'EPOLL_CTL_MOD#2': 'absorbed',
    'epoll_wait#2': 'absorbed',
  },
};

export { turn };

export const selectors: Subject[] = [
  ...opening,
  ...CLASSES.flatMap((Class) =>
    Object.entries(trials).map(([name, trial]) => {
      const scratch = name === 'selectAsync' && Class !== EpollSelector;
      return subjectOf(`${Class.name}: ${name}`, Class, scratch ? { ...trial, effects: scratched } : trial);
    }),
  ),
  subjectOf('EpollSelector: select(0) on a haunted set', EpollSelector, haunted),
  ...plain,
  waiting,
  both,
];
