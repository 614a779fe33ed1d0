/** What is not an argument is refused with a code, and before a wait that would never end. */
import {
  AsyncResult,
  Channel,
  type Coroutine,
  Event,
  Group,
  iwait,
  joinall,
  killall,
  local,
  Pool,
  Queue,
  RLock,
  run,
  runAsync,
  Semaphore,
  Socket,
  StreamServer,
  socketpair,
  spawn,
  wait,
  waitpid,
  waitRead,
  withTimeout,
} from 'fd-selectors/coroutines';
import { describe, expect, it } from 'vitest';
import { thrown } from '../support/thrown.js';
import { both, thrownBy } from './bothways.js';

const REFUSED = 'TypeError ERR_INVALID_ARG_TYPE';
const nothing = function* () {};
const five = 5 as never;

describe('a timeout that is not in an object, as in Python', () => {
  both('is refused by everything that waits', function* () {
    const [a, b] = socketpair();
    const task = spawn(nothing);
    const calls: Record<string, () => Coroutine<unknown>> = {
      'Task.join': () => task.join(five),
      'Task.get': () => task.get(five),
      'Task.kill': () => task.kill(undefined, five),
      'Event.wait': () => new Event().wait(five),
      'AsyncResult.get': () => new AsyncResult().get(five),
      'Queue.get': () => new Queue().get(five),
      'Queue.put': () => new Queue().put(1, five),
      'Channel.get': () => new Channel().get(five),
      'Channel.put': () => new Channel().put(1, five),
      'Semaphore.acquire': () => new Semaphore().acquire(five),
      'RLock.acquire': () => new RLock().acquire(five),
      'Pool.join': () => new Pool().join(five),
      'Pool.waitAvailable': () => new Pool().waitAvailable(five),
      wait: () => wait([new Event()], five),
      joinall: () => joinall([task], five),
      waitRead: () => waitRead(b, five),
      waitpid: () => waitpid(process.pid, five),
    };
    const answers: Record<string, string> = {};
    for (const [name, call] of Object.entries(calls)) {
      // Taken for none, it would be a wait without end.
      answers[name] = yield* thrownBy(withTimeout(5, call));
    }
    expect(answers).toEqual(Object.fromEntries(Object.keys(calls).map((name) => [name, REFUSED])));
    a.close();
    b.close();
  });
});

describe('what is not a task, not a list and not a function', () => {
  both('is refused at once', function* () {
    const [a, b] = socketpair();
    const calls: Record<string, () => unknown> = {
      iwait: () => iwait(five),
      'iwait of something else': () => iwait([{} as never]),
      killall: () => killall(five),
      'killall of something else': () => killall([{} as never]),
      'Group.add': () => new Group().add(five),
      'Event.link': () => new Event().link(five),
      'Task.link': () => spawn(nothing).link(five),
      local: () => local(five),
      Socket: () => new Socket(null as never),
      'StreamServer: pool': () => new StreamServer(['127.0.0.1', 0], nothing, { pool: 'x' as never }),
      'StreamServer: options': () => new StreamServer(['127.0.0.1', 0], nothing, null as never),
      'StreamServer: address': () => new StreamServer(null as never, nothing).start(),
    };
    const answers = Object.entries(calls).map(([name, call]) => [name, thrown(call)]);
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries(Object.keys(calls).map((name) => [name, REFUSED])),
    );
    for (const call of [
      joinall(five),
      joinall([{} as never]),
      new Group().map(nothing, five),
      a.sendall(null as never),
      a.send('text' as never),
    ]) {
      expect(yield* thrownBy(call)).toBe(REFUSED);
    }
    expect(() => spawn(nothing).link(five)).toThrow('must be of type function. Received type number (5)');
    a.close();
    b.close();
  });

  it('nor are the options of a run', async () => {
    expect(thrown(() => run(nothing, null as never))).toBe(REFUSED);
    expect(thrown(() => run(nothing, { onFailure: five }))).toBe(REFUSED);
    for (const options of [null, { signal: {} }, { signal: 5 }, { onFailure: 5 }]) {
      await expect(runAsync(nothing, options as never)).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG_TYPE',
      });
    }
    await runAsync(nothing);
  });
});
