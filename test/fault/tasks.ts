/** Coroutines while the kernel refuses: the task that made the call gets the error, and the others go on. */
import {
  type Coroutine,
  createConnection,
  createServer,
  run,
  runAsync,
  type Socket,
  sleep,
  socketpair,
  spawn,
} from 'fd-selectors/coroutines';
import type { Subject } from './engine.js';
import { subject } from './subject.js';

const data = Buffer.from('data');

function* exchange(a: Socket, b: Socket): Coroutine<void> {
  // The reader waits first, for a writer that comes later.
  const reader = spawn(function* () {
    let got = '';
    while (got.length < data.length) got += yield* b.recv(10);
    return got;
  });
  yield* sleep(0);
  yield* a.sendall(data);
  const got = yield* reader.get();
  if (got !== 'data') throw new Error(`received ${got}`);
}

/** A task beside those that fail, which must end by itself. */
function* bystander(): Coroutine<string> {
  for (let i = 0; i < 3; i++) yield* sleep(0);
  return 'still here';
}

function* inPair(): Coroutine<void> {
  const [a, b] = socketpair();
  const closing = [a, b];
  try {
    yield* exchange(a, b);
  } finally {
    closeAll(closing);
  }
}

/** Closes all, whatever the kernel says of one. */
function closeAll(socks: Socket[]): void {
  const sock = socks.pop();
  if (sock === undefined) return;
  try {
    sock.close();
  } finally {
    closeAll(socks);
  }
}

function* inServer(): Coroutine<void> {
  const server = createServer(['127.0.0.1', 0]);
  const closing = [server];
  try {
    const client = yield* createConnection(server.getsockname());
    closing.push(client);
    const [conn] = yield* server.accept();
    closing.push(conn);
    yield* exchange(client, conn);
  } finally {
    closeAll(closing);
  }
}

/** Runs what may fail beside a task that must not. */
function* beside(body: () => Coroutine<void>): Coroutine<void> {
  const other = spawn(bystander);
  let failure: unknown;
  try {
    yield* body();
  } catch (error) {
    failure = error;
  }
  if ((yield* other.get()) !== 'still here') throw new Error('a bystander was stopped');
  if (failure !== undefined) throw failure;
}

const quiet = { onFailure: () => {} };
/** A call that does not wait is not interrupted either: the errno is passed on. */
const TRIED = { EAGAIN: 'absorbed' };
const effects = {
  recv: TRIED,
  send: TRIED,
  accept4: TRIED,
  connect: { EINTR: 'absorbed', EINPROGRESS: 'absorbed' },
  close: { EINTR: 'absorbed' },
  epoll_wait: { EINTR: 'absorbed' },
  ppoll: { EINTR: 'absorbed' },
  inet_pton: 'absorbed',
  EPOLL_CTL_ADD: { EEXIST: 'absorbed' },
  EPOLL_CTL_DEL: 'absorbed',
  sigaction: 'absorbed',
  'sigaction#1': { EINVAL: 'EINVAL', EFAULT: 'EFAULT' },
  'sigaction#2': { EINVAL: 'EINVAL', EFAULT: 'EFAULT' },
};
const rest = { varies: 'a handler of SIGINT that could not be removed is there already for the next run' };

/** @param last - which close is the last: that of the set of the hub. */
function under(name: string, act: () => unknown, last: number): Subject {
  return subject(name, () => ({ act }), { ...effects, [`close#${last}`]: 'absorbed' }, rest);
}

export const tasks: Subject[] = [
  under('run() with a pair', () => run(() => beside(inPair), quiet), 4),
  under('run() with a server', () => run(() => beside(inServer), quiet), 5),
  under('runAsync() with a pair', () => runAsync(() => beside(inPair), quiet), 3),
];
