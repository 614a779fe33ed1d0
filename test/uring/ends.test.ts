/** What the end of a ring closes, and what it leaves open. */
import { fstatSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { POLLIN } from '../../src/select/index.js';
import { createConnection, createServer } from '../../src/socket/index.js';
import { Engine } from '../../src/uring/engine.js';
import { IORING_OP_ACCEPT, IORING_OP_NOP } from '../../src/uring/layout.js';
import { uring } from './rings.js';

const SIZES = { entries: 8, completions: 32, buffers: 4, bufferSize: 64, memory: 2 ** 20 };

describe.skipIf(!uring.available)('the end of a ring', () => {
  it('takes the events of the poll before another attempt of accept for no descriptor', () => {
    const server = createServer(['127.0.0.1', 0]);
    onTestFinished(() => server.close());
    const engine = new Engine<undefined>(SIZES);
    const accept = engine.make('accept', server.fileno(), undefined, IORING_OP_ACCEPT);
    // As after -EAGAIN, which not every kernel returns.
    accept.polling = POLLIN;
    engine.begin(accept);
    engine.submit();
    const { ino } = fstatSync(POLLIN);
    const client = createConnection(server.getsockname());
    onTestFinished(() => client.close());
    engine.begin(engine.make('timeout', -1, undefined, IORING_OP_NOP));
    engine.submit();
    engine.end();
    expect(fstatSync(POLLIN).ino).toBe(ino);
  });

  it('and such a poll can be cancelled', () => {
    const server = createServer(['127.0.0.1', 0]);
    onTestFinished(() => server.close());
    const engine = new Engine<undefined>(SIZES);
    onTestFinished(() => engine.end());
    const accept = engine.make('accept', server.fileno(), undefined, IORING_OP_ACCEPT);
    accept.polling = POLLIN;
    engine.begin(accept);
    engine.submit();
    engine.cancel(accept);
    expect(engine.batch(60).map(({ op, error }) => [op, error?.code])).toEqual([['accept', 'ECANCELED']]);
  });
});
