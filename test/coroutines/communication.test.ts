import {
  AsyncResult,
  BoundedSemaphore,
  Channel,
  Event,
  JoinableQueue,
  joinall,
  Queue,
  RLock,
  Semaphore,
  sleep,
  spawn,
  type Task,
} from 'fd-selectors/coroutines';
import { describe, expect, it } from 'vitest';
import { thrown } from '../support/thrown.js';
import { both, thrownBy } from './bothways.js';

/** Tasks that each take one thing, and note what. */
function takers<T>(take: () => ReturnType<Queue<T>['get']>, count: number, log: string[]): Task[] {
  return Array.from({ length: count }, (_, i) =>
    spawn(function* () {
      const item = yield* take();
      log.push(`${i}:${item}`);
    }),
  );
}

describe('Queue', () => {
  both('keeps the order of items and of those who wait', function* () {
    const queue = new Queue<number>(2);
    const log: string[] = [];
    const getters = takers(() => queue.get(), 3, log);
    const putters = [1, 2, 3, 4, 5, 6].map((n) =>
      spawn(function* () {
        yield* queue.put(n);
        log.push(`put ${n}`);
      }),
    );
    yield* joinall(getters);
    expect(log.filter((line) => !line.startsWith('put'))).toEqual(['0:1', '1:2', '2:3']);
    for (const n of [4, 5, 6]) expect(yield* queue.get()).toBe(n);
    yield* joinall(putters);
    expect(log.filter((line) => line.startsWith('put'))).toEqual([1, 2, 3, 4, 5, 6].map((n) => `put ${n}`));
    expect([queue.qsize(), queue.empty(), queue.full()]).toEqual([0, true, false]);
  });

  both('never holds more than its size, and refuses what does not wait', function* () {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    expect(queue.full()).toBe(true);
    expect(thrown(() => queue.putNowait(2))).toBe('Full ERR_QUEUE_FULL');
    expect(yield* thrownBy(queue.put(2, { timeout: 0.001 }))).toBe('Full ERR_QUEUE_FULL');
    const waiting = spawn(() => queue.put(3));
    yield* sleep();
    expect(queue.getNowait()).toBe(1);
    // The room is promised to the one who waits.
    expect(thrown(() => queue.putNowait(4))).toBe('Full ERR_QUEUE_FULL');
    yield* waiting.join();
    expect(yield* queue.get()).toBe(3);
    expect(thrown(() => queue.getNowait())).toBe('Empty ERR_QUEUE_EMPTY');
    expect(yield* thrownBy(queue.get({ timeout: 0 }))).toBe('Empty ERR_QUEUE_EMPTY');
  });

  both('nobody who comes later overtakes', function* () {
    const queue = new Queue<string>();
    const log: string[] = [];
    const [first] = takers(() => queue.get(), 1, log);
    yield* sleep();
    queue.putNowait('a');
    // The first was woken for it, and has not run.
    expect(thrown(() => queue.getNowait())).toBe('Empty ERR_QUEUE_EMPTY');
    yield* first!.join();
    expect(log).toEqual(['0:a']);
  });

  both('who is killed with a promise passes it on, in order', function* () {
    const queue = new Queue<string>(3);
    const log: string[] = [];
    const getters = takers(() => queue.get(), 4, log);
    yield* sleep();
    for (const item of ['a', 'b', 'c']) queue.putNowait(item);
    getters[0]!.kill();
    getters[2]!.kill();
    yield* joinall(getters);
    expect(log).toEqual(['1:a', '3:b']);
    expect(queue.getNowait()).toBe('c');
    for (const item of ['d', 'e', 'f']) queue.putNowait(item);
    const putters = ['g', 'h'].map((item) => spawn(() => queue.put(item)));
    yield* sleep();
    expect(queue.getNowait()).toBe('d');
    putters[0]!.kill();
    yield* putters[1]!.join();
    expect(['e', 'f', 'h'].map(() => queue.getNowait())).toEqual(['e', 'f', 'h']);
  });

  both('who is killed while waiting is not in the way', function* () {
    const queue = new Queue<string>();
    const log: string[] = [];
    const getters = takers(() => queue.get(), 3, log);
    yield* sleep();
    yield* getters[1]!.kill();
    yield* getters[0]!.kill();
    queue.putNowait('a');
    yield* getters[2]!.join();
    expect(log).toEqual(['2:a']);
  });
});

describe('JoinableQueue', () => {
  both('join waits until all is done', function* () {
    const queue = new JoinableQueue<number>();
    expect(yield* queue.join()).toBe(true);
    queue.putNowait(1);
    queue.putNowait(2);
    expect(queue.unfinishedTasks).toBe(2);
    expect(yield* queue.join({ timeout: 0.001 })).toBe(false);
    const worker = spawn(function* () {
      for (let i = 0; i < 2; i++) {
        yield* queue.get();
        yield* sleep();
        queue.taskDone();
      }
    });
    yield* queue.join();
    expect(thrown(() => queue.taskDone())).toBe('ValueError ERR_TASK_DONE');
    yield* worker.join();
  });
});

describe('Channel', () => {
  both('hands over, in the order of both sides', function* () {
    const channel = new Channel<string>();
    const log: string[] = [];
    const getters = takers(() => channel.get(), 2, log);
    yield* sleep();
    const putters = ['a', 'b', 'c'].map((item) =>
      spawn(function* () {
        yield* channel.put(item);
        log.push(`${item} taken`);
      }),
    );
    yield* joinall(getters);
    yield* sleep();
    expect(log).toEqual(['0:a', '1:b', 'a taken', 'b taken']);
    expect(putters[2]!.ready()).toBe(false);
    expect(yield* channel.get()).toBe('c');
    yield* putters[2]!.join();
  });

  both('times out on both sides', function* () {
    const channel = new Channel<string>();
    expect(yield* thrownBy(channel.put('a', { timeout: 0.001 }))).toBe('Full ERR_QUEUE_FULL');
    expect(yield* thrownBy(channel.get({ timeout: 0.001 }))).toBe('Empty ERR_QUEUE_EMPTY');
  });

  both('a getter that is killed with a promise passes it on', function* () {
    const channel = new Channel<string>();
    const log: string[] = [];
    const getters = takers(() => channel.get(), 2, log);
    yield* sleep();
    const putter = spawn(() => channel.put('a'));
    yield* sleep();
    getters[0]!.kill();
    yield* joinall([...getters, putter]);
    expect(log).toEqual(['1:a']);
  });

  both('a getter whose sender went away keeps its place', function* () {
    const channel = new Channel<string>();
    const log: string[] = [];
    const getters = takers(() => channel.get(), 2, log);
    yield* sleep();
    const gone = spawn(() => channel.put('gone'));
    const killer = spawn(function* () {
      gone.kill();
    });
    yield* killer.join();
    yield* sleep();
    const putters = ['a', 'b'].map((item) => spawn(() => channel.put(item)));
    yield* joinall([...getters, ...putters]);
    expect(log).toEqual(['0:a', '1:b']);
  });
});

describe('Semaphore', () => {
  both('gives turns in order, also past those who were killed', function* () {
    const lock = new Semaphore(1);
    const log: number[] = [];
    yield* lock.acquire();
    const tasks = [0, 1, 2, 3].map((i) =>
      spawn(function* () {
        using _held = yield* lock.hold();
        log.push(i);
        yield* sleep();
      }),
    );
    yield* sleep();
    lock.release();
    // The first was handed the lock, and has not run.
    expect(lock.tryAcquire()).toBe(false);
    tasks[0]!.kill();
    tasks[2]!.kill();
    yield* joinall(tasks);
    expect(log).toEqual([1, 3]);
    expect(lock.counter).toBe(1);
  });

  both('acquire gives up after its timeout', function* () {
    const lock = new Semaphore(0);
    expect(yield* lock.acquire({ timeout: 0.001 })).toBe(false);
    expect(yield* lock.acquire({ timeout: 0 })).toBe(false);
    lock.release();
    expect(yield* lock.acquire()).toBe(true);
  });

  it('needs no run where nobody waits', () => {
    const lock = new BoundedSemaphore(1);
    expect(lock.tryAcquire()).toBe(true);
    lock.release();
    expect(thrown(() => lock.release())).toBe('ValueError ERR_NOT_ACQUIRED');
    expect(thrown(() => new Semaphore(-1))).toBe('ValueError ERR_OUT_OF_RANGE');
  });
});

describe('RLock', () => {
  both('belongs to its task', function* () {
    const lock = new RLock();
    yield* lock.acquire();
    yield* lock.acquire();
    const log: string[] = [];
    const other = spawn(function* () {
      log.push(thrown(() => lock.release()));
      yield* lock.acquire();
      log.push('mine');
      lock.release();
    });
    yield* sleep();
    lock.release();
    yield* sleep();
    expect(log).toEqual(['ValueError ERR_NOT_ACQUIRED']);
    lock.release();
    yield* other.join();
    expect(log).toEqual(['ValueError ERR_NOT_ACQUIRED', 'mine']);
    expect(lock.locked()).toBe(false);
  });
});

describe('Event and AsyncResult', () => {
  both('an event wakes all, even if it is cleared at once', function* () {
    const event = new Event();
    const waiters = [1, 2, 3].map(() => spawn(() => event.wait()));
    yield* sleep();
    event.set();
    event.clear();
    yield* joinall(waiters);
    expect(waiters.map((task) => task.value)).toEqual([true, true, true]);
    expect(event.isSet()).toBe(false);
  });

  both('a result is a value or an error', function* () {
    const result = new AsyncResult<number>();
    expect(yield* thrownBy(result.get({ timeout: 0.001 }))).toBe('TimeoutError ETIMEDOUT');
    const waiter = spawn(() => result.get());
    yield* sleep();
    result.set(1);
    expect(yield* waiter.get()).toBe(1);
    expect([result.ready(), result.successful(), result.value]).toEqual([true, true, 1]);
    const failed = new AsyncResult();
    failed.setException(new Error('no'));
    expect(yield* thrownBy(failed.get())).toBe('no');
    expect([failed.successful(), (failed.exception as Error).message]).toEqual([false, 'no']);
  });
});
