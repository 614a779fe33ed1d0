/** A deadline and what is waited for may come together: what is ready by then is in time. */
import { Event, sleep, socketpair, spawn, waitRead, waitWrite } from 'fd-selectors/coroutines';
import { describe, expect } from 'vitest';
import { both, thrownBy } from './bothways.js';

const bytes = (text: string): Buffer => Buffer.from(text);

/** Lets time pass without a switch. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('a timeout of zero', () => {
  both('takes what is there, also after a receive that got all', function* () {
    const [a, b] = socketpair();
    b.settimeout(0);
    for (const text of ['first', 'second']) {
      yield* a.sendall(bytes(text));
      expect(String(yield* b.recv(100))).toBe(text);
    }
    expect(yield* thrownBy(b.recv(100))).toBe('TimeoutError ETIMEDOUT');
    a.close();
    b.close();
  });

  both('tells whether a descriptor is ready', function* () {
    const [a, b] = socketpair();
    expect(yield* thrownBy(waitRead(b, { timeout: 0 }))).toBe('TimeoutError ETIMEDOUT');
    yield* a.sendall(bytes('x'));
    yield* waitRead(b, { timeout: 0 });
    yield* waitWrite(b, { timeout: -1 });
    a.close();
    b.close();
  });
});

describe('a deadline that passes while other tasks run', () => {
  both('does not hide what has arrived', function* () {
    const [a, b] = socketpair();
    a.sock.send(bytes('in time'));
    const waiters = [waitRead, waitWrite].map((wait) => spawn(wait, b, { timeout: 0.001 }));
    spawn(function* () {
      block(5);
    });
    for (const task of waiters) yield* task.get();
    a.close();
    b.close();
  });

  both('ends a wait for what has not', function* () {
    const [a, b] = socketpair();
    b.settimeout(0.001);
    const reader = spawn(() => b.recv(100));
    const event = new Event();
    const waiter = spawn(() => event.wait({ timeout: 0.001 }));
    yield* sleep();
    block(5);
    expect(yield* waiter.get()).toBe(false);
    expect(yield* thrownBy(reader.get())).toBe('TimeoutError ETIMEDOUT');
    a.close();
    b.close();
  });
});
