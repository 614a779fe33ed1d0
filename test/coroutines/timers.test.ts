import { expect, it } from 'vitest';
import { Timer, Timers } from '../../src/coroutines/timers.js';

class Noted extends Timer {
  readonly log: Noted[];

  constructor(log: Noted[]) {
    super();
    this.log = log;
  }

  override expire(): void {
    this.log.push(this);
  }
}

it('expire in the order of their deadlines, equal ones in the order in which they were set', () => {
  const timers = new Timers();
  const log: Noted[] = [];
  const set: Noted[] = [];
  for (let i = 0; i < 2000; i++) {
    const timer = new Noted(log);
    timers.add(timer, (i * 7919) % 97);
    set.push(timer);
  }
  const cancelled = set.filter((_, i) => i % 3 === 0);
  for (const timer of cancelled) timers.remove(timer);
  for (const timer of cancelled) timers.remove(timer);
  expect(timers.size).toBe(2000 - cancelled.length);
  timers.expire(50);
  expect(log.every((timer) => timer.deadline <= 50)).toBe(true);
  expect(timers.next).toBe(51);
  timers.expire(Infinity);
  const left = set.filter((timer) => !cancelled.includes(timer));
  // The order of a stable sort.
  expect(log).toEqual(left.sort((a, b) => a.deadline - b.deadline));
  expect([timers.size, timers.next]).toEqual([0, Infinity]);
});

it('set a timer again while others expire', () => {
  const timers = new Timers();
  let runs = 0;
  class Again extends Timer {
    override expire(): void {
      if (++runs < 3) timers.add(this, runs);
    }
  }
  timers.add(new Again(), 0);
  timers.expire(1);
  expect([runs, timers.size]).toEqual([2, 1]);
});
