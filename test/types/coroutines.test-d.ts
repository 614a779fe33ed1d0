/** Types of the coroutines: nothing of what users write needs a cast. */
import {
  AsyncResult,
  Channel,
  type Coroutine,
  Group,
  iwait,
  joinall,
  local,
  Pool,
  promise,
  Queue,
  run,
  runAsync,
  type Socket,
  StreamServer,
  scope,
  sleep,
  spawn,
  type Task,
  withTimeout,
} from 'fd-selectors/coroutines';
import { expectTypeOf, test } from 'vitest';

declare const conn: Socket;

function* add(a: number, text: string): Coroutine<string> {
  yield* sleep(1);
  return text + a;
}

test('what a wait gives has a type', () => {
  run(function* () {
    const data = yield* conn.recv(10);
    expectTypeOf(data).toEqualTypeOf<Buffer>();
    const [accepted, address] = yield* conn.accept();
    expectTypeOf(accepted).toEqualTypeOf<Socket>();
    expectTypeOf(address).not.toBeAny();
    expectTypeOf(yield* sleep(1)).toEqualTypeOf<void>();
    expectTypeOf(yield* conn.makefile().readline()).toEqualTypeOf<Buffer>();
    expectTypeOf(yield* new Queue<string>().get()).toEqualTypeOf<string>();
    expectTypeOf(yield* new Channel<string>().get()).toEqualTypeOf<string>();
    expectTypeOf(yield* new AsyncResult<Date>().get()).toEqualTypeOf<Date>();
    expectTypeOf(yield* promise(Promise.resolve(1))).toEqualTypeOf<number>();
  });
});

test('spawn checks the arguments', () => {
  expectTypeOf(spawn(add, 1, 'a')).toEqualTypeOf<Task<string>>();
  expectTypeOf(spawn(add, 1, 'a').value).toEqualTypeOf<string | undefined>();
  // @ts-expect-error an argument is missing
  spawn(add, 1);
  // @ts-expect-error the second is a string
  spawn(add, 1, 2);
  // @ts-expect-error one too many
  spawn(add, 1, 'a', 'b');
  // @ts-expect-error not a generator function
  spawn(() => 5);
  // @ts-expect-error an async function makes a promise
  spawn(async () => 5);
});

test('a generator without a written type is a coroutine, wherever it stands', () => {
  const main = function* () {
    yield* sleep(1);
    const text = yield* add(1, 'a');
    return text.length;
  };
  expectTypeOf(run(main)).toEqualTypeOf<number>();
  expectTypeOf(runAsync(main)).resolves.toEqualTypeOf<number>();
  expectTypeOf(spawn(main)).toEqualTypeOf<Task<number>>();
  const waitless = function* () {
    return 1;
  };
  expectTypeOf(run(waitless)).toEqualTypeOf<number>();
  run(
    // @ts-expect-error yields something of its own
    function* () {
      yield 5;
    },
  );
});

test('joinall gives a tuple', () => {
  run(function* () {
    const [a, b] = yield* joinall([spawn(add, 1, 'a'), spawn(sleep, 1)]);
    expectTypeOf(a).toEqualTypeOf<Task<string>>();
    expectTypeOf(b).toEqualTypeOf<Task<void>>();
    const some = yield* joinall([spawn(add, 1, 'a')], { timeout: 1 });
    expectTypeOf(some).toEqualTypeOf<Task<string>[]>();
    const list: Task<string>[] = [];
    expectTypeOf((yield* joinall(list))[0]).toEqualTypeOf<Task<string> | undefined>();
    const next = yield* iwait(list).next();
    if (!next.done) expectTypeOf(next.value).toEqualTypeOf<Task<string>>();
  });
});

test('groups, scopes and timeouts keep the types', () => {
  run(function* () {
    const double = function* (n: number) {
      return 2n * BigInt(n);
    };
    expectTypeOf(new Group().spawn(double, 1)).toEqualTypeOf<Task<bigint>>();
    expectTypeOf(yield* new Pool(1).spawn(double, 1)).toEqualTypeOf<Task<bigint>>();
    expectTypeOf(yield* new Pool(1).map(double, [1])).toEqualTypeOf<bigint[]>();
    // @ts-expect-error the items are numbers
    yield* new Pool(1).map(double, ['a']);
    expectTypeOf(yield* new Pool(1).imap(double, [1]).toArray()).toEqualTypeOf<bigint[]>();
    const result = yield* scope(function* (s) {
      return s.spawn(double, 1);
    });
    expectTypeOf(result).toEqualTypeOf<Task<bigint>>();
    expectTypeOf(yield* withTimeout(1, double, 1)).toEqualTypeOf<bigint>();
    const late = yield* withTimeout({ seconds: 1, timeoutValue: 'late' }, double, 1);
    expectTypeOf(late).toEqualTypeOf<bigint | string>();
    expectTypeOf(local(() => 1).value).toEqualTypeOf<number>();
  });
});

test('a handler of a server gets a connection', () => {
  new StreamServer(['127.0.0.1', 0], function* (client) {
    expectTypeOf(client).toEqualTypeOf<Socket>();
    yield* client.sendall(yield* client.recv(10));
  });
});
