/** The raw contract of io_uring(7), and that its memory outlives whatever may still write to it. */
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { runScript } from '../support/child.js';
import {
  type Argument,
  EBADF,
  EINVAL,
  int,
  ints,
  itTakes,
  NO_INTEGERS,
  orNull,
  structs,
  timeout,
} from '../support/raw.js';

/** An unsigned integer of 32 bits. */
const count = (good: number): Argument => ({ good, wrong: [...NO_INTEGERS, -1] });
const into: Argument = { good: [], wrong: [undefined, null, 1, 'text', {}, new Int32Array(1)] };

/** Nobody's. */
const FAR = 2 ** 31 - 1;

describe('io_uring', () => {
  itTakes({
    uringMap: [-EBADF, int(-1), count(0), count(4096), into],
    uringArea: [-EBADF, int(-1), count(4096), into, ints(2)],
    uringForget: [-EBADF, int(-1), structs(new ArrayBuffer(256))],
    uringEnter: [-EBADF, int(-1), count(0), count(0), count(0), timeout],
    // IORING_REGISTER_PROBE
    uringRegister: [-EBADF, int(FAR), count(8), orNull(structs(new ArrayBuffer(256))), count(30)],
    uringClose: [-EBADF, int(-1)],
  });

  it.each([
    ['IORING_REGISTER_EVENTFD', 4, 0, 4],
    ['IORING_REGISTER_PROBE', 8, 16, 8],
    ['IORING_REGISTER_PBUF_RING', 22, 0, 40],
  ])('%s gets no argument that is too small for its count', (_, opcode, fixed, each) => {
    for (const count of [1, 3, 200]) {
      const size = fixed + count * each;
      expect(native.uringRegister(FAR, opcode, new ArrayBuffer(size), count)).not.toBe(-EINVAL);
      expect(native.uringRegister(FAR, opcode, new ArrayBuffer(size - 1), count)).toBe(-EINVAL);
    }
    expect(native.uringRegister(FAR, opcode, new ArrayBuffer(4096), 2 ** 32 - 1)).toBe(-EINVAL);
  });

  it('an operation of which the size is not known gets no argument', () => {
    // IORING_REGISTER_BUFFERS
    expect(native.uringRegister(FAR, 0, new ArrayBuffer(4096), 1)).toBe(-EINVAL);
    expect(native.uringRegister(FAR, 0, null, 1)).not.toBe(-EINVAL);
  });

  it('puts memory into an array without a setter that could close the ring meanwhile', ({ skip }) => {
    const fd = native.uringSetup(4, new Int32Array(30));
    if (fd < 0) return skip('no io_uring');
    let called = false;
    const into = Object.defineProperty([] as ArrayBuffer[], 0, {
      configurable: true,
      set() {
        called = true;
        native.uringClose(fd);
      },
    });
    expect(native.uringArea(fd, 4096, into, new Int32Array(2))).toBe(0);
    expect(called).toBe(false);
    expect(into[0]?.byteLength).toBe(4096);
    expect(native.uringClose(fd)).toBe(0);
  });

  it('closes rings only: not a descriptor that is not one', () => {
    expect(native.uringClose(2)).toBe(-EBADF);
    expect(native.getNonblock(2)).toBeGreaterThanOrEqual(0);
  });
});

/** What each process begins with. Ends with 'no io_uring' where that is forbidden. */
const prelude = `
import { openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { createConnection, createServer, socketpair } from 'fd-selectors/socket';
import { pipe } from 'fd-selectors/fds';
import { Ring } from 'fd-selectors/uring';
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const say = (text) => writeSync(1, text + '\\n');
const link = (fd) => { try { return readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } };
// Node has rings of its own from version 22 on, one for each event loop: those are not counted.
let ofNode = { rings: 0, maps: 0 };
const openRings = () =>
  readdirSync('/proc/self/fd').filter((fd) => link(fd).includes('io_uring')).length - ofNode.rings;
const SIZE = 16 * 2 ** 20;
// How many mappings are a ring's queues, or large and not for children, as the memory of operations is. (Two areas of
// less than that may become one mapping.)
const mapped = () => readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-)/m).filter((map) => {
  const large = 1024 * Number(/^Size: +(\\d+)/m.exec(map)?.[1]) >= SIZE;
  return map.includes('[io_uring]') || (large && / rw-p /.test(map) && /^VmFlags:.* dc( |$)/m.test(map));
}).length - ofNode.maps;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
const settled = async (wanted, is) => {
  for (const end = performance.now() + 60000; is() !== wanted && performance.now() < end;) { gc(); await turn(); }
  return is();
};
ofNode = { rings: openRings(), maps: mapped() };
try { new Ring().close(); } catch (error) { say('no io_uring: ' + error.code); process.exit(0); }
if (await settled(0, mapped) !== 0) say('mapped from the start');
`;

/** What a worker begins with: a ring with a receive under way, of the socket whose descriptor it is given. */
const worker = `
import { parentPort, workerData } from 'node:worker_threads';
import { Ring } from 'fd-selectors/uring';
globalThis.ring = new Ring();
ring.recvMultishot(workerData);
ring.submit();
`;

async function says(script: string, expected: string): Promise<void> {
  const { output, code } = await runScript(prelude + script);
  expect(code).toBe(0);
  if (!output.startsWith('no io_uring: ')) expect(output).toBe(expected);
}

describe('the memory of a ring', () => {
  it('stays valid for a view that outlives the ring, and is unmapped when that is collected', async () => {
    await says(
      `
      let view = (() => {
        const ring = new Ring();
        const zero = openSync('/dev/zero', 'r');
        ring.read(zero, SIZE, null);
        const [{ bytes }] = ring.completions();
        ring.close();
        return bytes;
      })();
      say(await settled(1, mapped) === 1 ? 'kept' : 'not just the view: ' + mapped());
      view[0] = 42;
      say(view.buffer.byteLength === SIZE && view[0] === 42 ? 'valid' : 'detached');
      view = undefined;
      say(String(await settled(0, mapped)));
      `,
      'kept\nvalid\n0\n',
    );
  });

  it('stays mapped without a view while an operation may write to it', async () => {
    await says(
      `
      const [reader, writer] = pipe();
      let ring = new Ring();
      ring.read(reader, SIZE, null);
      ring.submit();
      ring = undefined;
      for (let i = 0; i < 5; i++) { gc(); await turn(); }
      say(mapped() === 3 && openRings() === 1 ? 'kept' : 'lost');
      writer.write(Buffer.from('late'));
      say('alive');
      `,
      'kept\nalive\n',
    );
  });

  it('is unmapped once a large operation is over and its bytes are collected', async () => {
    await says(
      `
      const ring = new Ring();
      const zero = openSync('/dev/zero', 'r');
      const before = mapped();
      ring.read(zero, SIZE, null);
      say(ring.completions().length + ', ' + (mapped() - before));
      ring.completions(0);
      say(String(await settled(before, mapped) - before));
      `,
      '1, 1\n0\n',
    );
  });

  it('is written to by nobody after close(), and the bytes are left for others', async () => {
    await says(
      `
      const [a, b] = socketpair();
      const ring = new Ring();
      for (let i = 0; i < 10; i++) ring.recv(a);
      ring.submit();
      ring.close();
      b.send(Buffer.from('for others'));
      say(a.recv(100) + ', ' + openRings());
      `,
      'for others, 0\n',
    );
  });
});

describe('a worker that ends with an operation under way', () => {
  const ends = {
    'is terminated': ['parentPort.postMessage(0); setInterval(() => {}, 1000);', 'await worker.terminate();'],
    'calls process.exit()': [
      "parentPort.once('message', () => process.exit(0)); parentPort.postMessage(0);",
      'worker.postMessage(0);',
    ],
    'is terminated inside enter()': [
      'parentPort.postMessage(0); ring.completions(0.5); for (;;) ring.completions(0.01);',
      'await turn(); await worker.terminate();',
    ],
  } as const;

  it.each(Object.entries(ends))(
    '%s: its ring is cancelled, closed and unmapped',
    async (_, [inside, end]) => {
      await says(
        `
      const [a, b] = socketpair();
      const idle = new Worker('setInterval(() => {}, 1000)', { eval: true });
      await new Promise((resolve) => idle.once('online', resolve));
      const ofLoop = openRings();
      await idle.terminate();
      const worker = new Worker(${JSON.stringify(worker + inside)}, { eval: true, workerData: a.fileno() });
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      await new Promise((resolve) => worker.once('message', resolve));
      say(openRings() - ofLoop + ' ring');
      ${end}
      await exited;
      b.send(Buffer.from('mine'));
      say(openRings() + ' rings, ' + (await settled(0, mapped)) + ' mapped, ' + a.recv(100));
      `,
        '1 ring\n0 rings, 0 mapped, mine\n',
      );
    },
  );
});

describe('descriptors in completions that nobody has seen', () => {
  it.each(['ring.close();', 'await new Promise((end) => setTimeout(end, 1e9));'])(
    'are closed with the ring: %s',
    async (end) => {
      const accepting = `
      import { parentPort, workerData } from 'node:worker_threads';
      import { Ring } from 'fd-selectors/uring';
      const ring = new Ring({ entries: 2, completions: 2 });
      ring.acceptMultishot(workerData);
      ring.submit();
      parentPort.postMessage(0);
      ${end}
      `;
      await says(
        `
        const server = createServer(['127.0.0.1', 0]);
        const clients = Array.from({ length: 5 }, () => createConnection(server.getsockname()));
        const worker = new Worker(${JSON.stringify(accepting)}, { eval: true, workerData: server.fileno() });
        const exited = new Promise((resolve) => worker.once('exit', resolve));
        await new Promise((resolve) => worker.once('message', resolve));
        await worker.terminate();
        await exited;
        server.close();
        for (const client of clients) {
          client.settimeout(60);
          try { say(String(client.recv(1).length)); } catch (error) { say(error.code === 'ECONNRESET' ? '0' : error.code); }
        }
        `,
        '0\n0\n0\n0\n0\n',
      );
    },
  );
});

describe('descriptors that a ring is to close', () => {
  it.each([
    ['nothing is submitted', ''],
    ['there is more to send first', 'ring.send(sock, Buffer.alloc(16 << 20)); ring.submit();'],
  ])('are closed with the worker, if %s', async (_, before) => {
    const closing = `
      import { parentPort, workerData } from 'node:worker_threads';
      import { createConnection } from 'fd-selectors/socket';
      import { Ring } from 'fd-selectors/uring';
      const ring = new Ring();
      const sock = createConnection(workerData);
      ${before}
      ring.closeFd(sock);
      parentPort.postMessage(0);
      setInterval(() => ring, 1000);
      `;
    await says(
      `
      const server = createServer(['127.0.0.1', 0]);
      const worker = new Worker(${JSON.stringify(closing)}, { eval: true, workerData: server.getsockname() });
      const [connection] = server.accept();
      connection.settimeout(60);
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
      while (connection.recv(1 << 20).length > 0);
      say('closed');
      `,
      'closed\n',
    );
  });
});
