/** Descriptors that are closed behind the back of the tasks that wait for them. */
import { joinall, sleep, spawn, waitRead, waitWrite } from 'fd-selectors/coroutines';
import { socketpair } from 'fd-selectors/socket';
import { describe, expect } from 'vitest';
import { both } from './bothways.js';

describe('a descriptor that is closed while two tasks wait for it', () => {
  both('harms neither the run nor the second, when the first gives up', function* () {
    const [a, b] = socketpair();
    a.setblocking(false);
    while (a.trySend(Buffer.alloc(65536)) !== null);
    const fd = a.fileno();
    const tasks = [spawn(waitRead, fd, { timeout: 0.005 }), spawn(waitWrite, fd, { timeout: 0.01 })];
    yield* sleep();
    yield* sleep();
    a.close();
    expect((yield* joinall(tasks, { timeout: 10 })).length).toBe(2);
    expect(tasks[0]?.exception).toMatchObject({ code: 'ETIMEDOUT' });
    b.close();
  });

  both('nor the one who kills a task', function* () {
    const [a, b] = socketpair();
    a.setblocking(false);
    while (a.trySend(Buffer.alloc(65536)) !== null);
    const fd = a.fileno();
    const [reader, writer] = [spawn(waitRead, fd), spawn(waitWrite, fd)];
    yield* sleep();
    yield* sleep();
    a.close();
    yield* reader.kill();
    expect(reader.killed).toBe(true);
    yield* writer.kill();
    b.close();
  });
});
