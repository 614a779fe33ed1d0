/** Names are looked up while the other tasks go on. */
import {
  type Coroutine,
  createConnection,
  createServer,
  joinall,
  type Socket,
  sleep,
  socket,
  spawn,
} from 'fd-selectors/coroutines';
import { AF_INET } from 'fd-selectors/socket';
import { expect } from 'vitest';
import { both, thrownBy } from './bothways.js';

/** What happens first: `body` ends, or a task that is ready already runs. */
function* order(body: () => Coroutine<unknown>): Coroutine<string[]> {
  const seen: string[] = [];
  const other = spawn(function* () {
    seen.push('the other');
  });
  yield* body();
  seen.push('looked up');
  yield* other.join();
  return seen;
}

both('createConnection() lets the others run while it looks up a name', function* () {
  using server = createServer(['127.0.0.1', 0]);
  const [, port] = server.getsockname() as [string, number];
  const seen = yield* order(function* () {
    using client = yield* createConnection(['localhost', port]);
    expect(client.getpeername()).toEqual(['127.0.0.1', port]);
  });
  expect(seen).toEqual(['the other', 'looked up']);
});

both('connect() does so, too, and names the family', function* () {
  using server = createServer(['127.0.0.1', 0]);
  const [, port] = server.getsockname() as [string, number];
  using client = socket(AF_INET);
  expect(yield* order(() => client.connect(['localhost', port]))).toEqual(['the other', 'looked up']);
  expect(client.getpeername()).toEqual(['127.0.0.1', port]);
});

both('a name that does not exist is the error of fd-selectors/socket', function* () {
  expect(yield* thrownBy(createConnection(['no..such.host', 80]))).toBe('GaiError ENOTFOUND');
  using client = socket(AF_INET);
  expect(yield* thrownBy(client.connect(['no..such.host', 80]))).toBe('GaiError ENOTFOUND');
});

both('bad arguments are refused as there', function* () {
  for (const [address, expected] of [
    [['localhost', 70_000], 'ValueError ERR_INVALID_PORT'],
    [['localhost', 'http'], 'TypeError ERR_INVALID_ARG_TYPE'],
    [['localhost'], 'TypeError ERR_INVALID_ARG_TYPE'],
    [['localhost', 80, 0, 0, 0], 'TypeError ERR_INVALID_ARG_TYPE'],
    [['a\0b', 80], 'ValueError ERR_INVALID_HOST'],
    [[null, 80], 'TypeError ERR_INVALID_ARG_TYPE'],
  ] as const) {
    using client = socket(AF_INET);
    expect(yield* thrownBy(client.connect(address as never)), String(address)).toBe(expected);
  }
});

both('a task that is killed meanwhile leaves the others alone', function* () {
  using server = createServer(['127.0.0.1', 0]);
  const [, port] = server.getsockname() as [string, number];
  const doomed = spawn(createConnection, ['localhost', port]);
  const others = [1, 2, 3].map(() => spawn(createConnection, ['localhost', port]));
  yield* sleep(0);
  yield* doomed.kill();
  for (const { value } of yield* joinall(others, { raiseError: true })) (value as Socket).close();
  expect(doomed.killed).toBe(true);
});
