import { Event, iwait, joinall, Pool, type Sequence, sleep, spawn } from 'fd-selectors/coroutines';
import { describe, expect } from 'vitest';
import { both } from './bothways.js';

function* count(sequence: Sequence<unknown>) {
  for (let n = 0; ; n++) if ((yield* sequence.next()).done) return n;
}

function* sequences() {
  const double = function* (n: number) {
    yield* sleep();
    return 2 * n;
  };
  const events = [1, 2, 3].map(() => new Event());
  const all: Sequence<unknown>[] = [
    iwait(events),
    new Pool(1).imap(double, [1, 2, 3]),
    new Pool(1).imapUnordered(double, [1, 2, 3]),
  ];
  yield* sleep();
  spawn(function* () {
    for (const event of events) {
      yield* sleep();
      event.set();
    }
  });
  return all;
}

describe('a sequence', () => {
  both('ends for all tasks that wait for it', function* () {
    for (const sequence of yield* sequences()) {
      const tasks = [1, 2, 3, 4].map(() => spawn(count, sequence));
      expect((yield* joinall(tasks, { timeout: 10 })).length).toBe(4);
      expect(tasks.reduce((sum, task) => sum + (task.value as number), 0)).toBe(3);
    }
  });

  both('ends with close(), also for a task that waits for it', function* () {
    for (const sequence of yield* sequences()) {
      const first = yield* sequence.next();
      expect(first.done).toBe(false);
      const waiting = spawn(count, sequence);
      yield* sleep();
      sequence.close();
      expect(yield* waiting.join({ timeout: 10 })).toBe(true);
      expect(waiting.successful()).toBe(true);
      for (let i = 0; i < 5; i++) yield* sleep();
      expect(yield* sequence.next()).toEqual({ done: true, value: undefined });
    }
  });

  both('gives what a killed task was woken for to another', function* () {
    const event = new Event();
    const sequence = iwait([event]);
    const [victim, other] = [spawn(count, sequence), spawn(count, sequence)];
    yield* sleep();
    event.set();
    victim.kill();
    expect(yield* other.join({ timeout: 10 })).toBe(true);
    expect(other.value).toBe(1);
  });
});
