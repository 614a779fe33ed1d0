import { Greenlet } from 'fd-selectors/coroutines';
import { describe, expect, it } from 'vitest';
import { thrown } from '../support/thrown.js';

describe('Greenlet', () => {
  it('passes values by hand', () => {
    const log: unknown[] = [];
    const a: Greenlet = new Greenlet(function* (first: string) {
      log.push(first);
      log.push(yield* b.switchTo('to b'));
      return 'result';
    });
    const b = new Greenlet(function* (first: string) {
      log.push(first);
      yield* a.switchTo('to a');
    });
    expect(a.run('to the first')).toBe('result');
    expect(log).toEqual(['to the first', 'to b', 'to a']);
    expect([a.dead, b.dead]).toEqual([true, false]);
    expect(a.run('dead')).toBe('dead');
  });

  it('throws what a greenlet throws, and refuses what it cannot use', () => {
    expect(thrown(() => new Greenlet(5 as never))).toBe('TypeError ERR_INVALID_ARG_TYPE');
    const broken = new Greenlet(function* () {
      throw new RangeError('broken');
    });
    expect(() => broken.run()).toThrow('broken');
    expect(broken.dead).toBe(true);
    const wrong = new Greenlet(function* () {
      yield 5 as never;
    });
    expect(thrown(() => wrong.run())).toBe('TypeError ERR_INVALID_YIELD');
    expect(wrong.dead).toBe(true);
    const nested = new Greenlet(function* () {
      return thrown(() => new Greenlet(function* () {}).run());
    });
    expect(nested.run()).toBe('ValueError ERR_GREENLET_RUNNING');
  });

  it('throws into a greenlet that yields anything else, so that its finally blocks run', () => {
    const log: string[] = [];
    const other = new Greenlet(function* () {
      log.push('other');
      yield* wrong.switchTo();
    });
    const wrong: Greenlet = new Greenlet(function* () {
      try {
        yield 5 as never;
      } finally {
        log.push('finally');
        yield* other.switchTo();
        log.push('back');
      }
    });
    expect(thrown(() => wrong.run())).toBe('TypeError ERR_INVALID_YIELD');
    expect(log).toEqual(['finally', 'other', 'back']);
    expect(wrong.dead).toBe(true);
    const catches = new Greenlet(function* () {
      try {
        yield undefined as never;
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(catches.run()).toBe('A greenlet must yield only by yield* to switchTo(). Received undefined');
  });

  it('gives up a greenlet that catches the error and goes on', () => {
    const stubborn = new Greenlet(function* () {
      for (;;) {
        try {
          yield 5 as never;
        } catch {
          // Again.
        }
      }
    });
    expect(thrown(() => stubborn.run())).toBe('TypeError ERR_INVALID_YIELD');
    expect(stubborn.dead).toBe(true);
  });
});
