/** What the end of a ring closes, and what it leaves open. */
import { fstatSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { POLLIN } from '../../src/select/index.js';
import { createConnection, createServer, type Socket } from '../../src/socket/index.js';
import { Engine } from '../../src/uring/engine.js';
import { IORING_OP_ACCEPT, IORING_OP_NOP } from '../../src/uring/layout.js';
import { runScript } from '../support/child.js';
import { connection, fill, KERNELS, open, pair, uring } from './rings.js';

const SIZES = { entries: 8, completions: 32, buffers: 4, bufferSize: 64, memory: 2 ** 20 };

/** Reads until the end of the stream, which must come in time. */
function untilEnd(peer: Socket): number {
  let bytes = 0;
  for (let data = peer.recv(1 << 20); data.length > 0; data = peer.recv(1 << 20)) bytes += data.length;
  return bytes;
}

describe.skipIf(!uring.available).each(KERNELS)('close(), with a kernel %s', (_name, deferred) => {
  it('closes what closeFd() was to close, although that was not submitted', () => {
    const ring = open({ entries: 4 }, deferred);
    const connections = Array.from({ length: 10 }, () => connection());
    for (const [ours] of connections) {
      ring.recvMultishot(ours);
      ring.closeFd(ours);
    }
    ring.close();
    for (const [, peer] of connections) expect(untilEnd(peer)).toBe(0);
  });

  it('and although its sends have not gone out', () => {
    const ring = open({}, deferred);
    const [ours, peer] = pair();
    const filled = fill(ours);
    ring.send(ours, Buffer.from('lost'));
    ring.send(ours, Buffer.from('lost'));
    ring.closeFd(ours);
    expect(ring.completions(0)).toEqual([]);
    ring.close();
    expect(untilEnd(peer)).toBe(filled);
  });
});

const SCRIPT = `
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { socketpair } from 'fd-selectors/socket';
const script = \`
  import { parentPort, workerData } from 'node:worker_threads';
  import { Ring } from 'fd-selectors/uring';
  const ring = new Ring();
  for (const fd of workerData.waiting) {
    ring.send(fd, Buffer.alloc(1 << 22));
    ring.closeFd(fd);
  }
  ring.completions(0);
  for (const fd of workerData.written) ring.closeFd(fd);
  parentPort.postMessage('ready');
  setInterval(() => {}, 1000);
\`;
const pairs = Array.from({ length: 10 }, () => socketpair());
const fds = pairs.map(([ours]) => ours.detach());
const workerData = { waiting: fds.slice(0, 5), written: fds.slice(5) };
const worker = new Worker(script, { eval: true, workerData });
await once(worker, 'message');
await worker.terminate();
let ends = 0;
for (const [, peer] of pairs) {
  peer.settimeout(60);
  while (peer.recv(1 << 20).length > 0);
  ends++;
}
console.log(ends);
`;

describe.skipIf(!uring.available)('the end of a worker', () => {
  it('closes what closeFd() was to close', async () => {
    expect(await runScript(SCRIPT)).toMatchObject({ output: '10\n', code: 0 });
  });
});

describe.skipIf(!uring.available)('the end of a ring', () => {
  it('takes no minute with thousands of operations', { timeout: 60_000 }, () => {
    const ring = open();
    const [ours] = pair();
    for (let i = 0; i < 8000; i++) ring.poll(ours, POLLIN);
    expect(ring.completions(0)).toEqual([]);
    const began = performance.now();
    ring.close();
    expect(performance.now() - began).toBeLessThan(20_000);
  });

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
