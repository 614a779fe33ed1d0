/** The raw contract of io_uring(7), and that its memory outlives whatever may still write to it. */
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { runScript } from '../support/child.js';
import {
  type Argument,
  EBADF,
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

describe('io_uring', () => {
  itTakes({
    uringMap: [-EBADF, int(-1), count(0), count(4096), into],
    uringArea: [-EBADF, int(-1), count(4096), into, ints(2)],
    uringEnter: [-EBADF, int(-1), count(0), count(0), count(0), timeout],
    uringRegister: [-EBADF, int(2 ** 31 - 1), count(0), orNull(structs(new ArrayBuffer(256))), count(0)],
    uringClose: [-EBADF, int(-1)],
  });

  it('closes rings only: not a descriptor that is not one', () => {
    expect(native.uringClose(2)).toBe(-EBADF);
    expect(native.getNonblock(2)).toBeGreaterThanOrEqual(0);
  });
});

/** What each process begins with. Ends with 'no io_uring' where that is forbidden. */
const prelude = `
import { readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { createConnection, createServer, socketpair } from 'fd-selectors/socket';
import { Ring } from 'fd-selectors/uring';
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const say = (text) => writeSync(1, text + '\\n');
const link = (fd) => { try { return readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } };
// Node has rings of its own from version 22 on, one for each event loop: those are not counted.
let ofNode = { rings: 0, maps: 0 };
const openRings = () =>
  readdirSync('/proc/self/fd').filter((fd) => link(fd).includes('io_uring')).length - ofNode.rings;
const SIZE = 16 * 2 ** 20; // an area that no other mapping is as large as
const maps = () => readFileSync('/proc/self/maps', 'utf8').split('\\n').filter((line) => {
  const [low, high] = line.split(' ')[0].split('-').map((at) => parseInt(at, 16));
  return line.includes('io_uring') || high - low === SIZE;
}).length - ofNode.maps;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
const settled = async (wanted, is) => {
  for (const end = performance.now() + 60000; is() !== wanted && performance.now() < end;) { gc(); await turn(); }
  return is();
};
ofNode = { rings: openRings(), maps: maps() };
try { new Ring().close(); } catch (error) { say('no io_uring: ' + error.code); process.exit(0); }
if (await settled(0, maps) !== 0) say('mapped from the start');
`;

/** What a worker begins with: a ring with a receive under way, of the socket whose descriptor it is given. */
const worker = `
import { parentPort, workerData } from 'node:worker_threads';
import { Ring } from 'fd-selectors/uring';
globalThis.ring = new Ring({ areaSize: 16 * 2 ** 20 });
ring.recv(workerData, 0, 100, 1);
ring.enter(0);
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
      const before = maps();
      let view = (() => { const ring = new Ring({ areaSize: SIZE }); ring.close(); return ring.area; })();
      await settled(before + 1, maps);
      view[0] = 42;
      say(view.length === SIZE && view[0] === 42 ? 'valid' : 'detached');
      view = undefined;
      say(String(await settled(before, maps) - before));
      `,
      'valid\n0\n',
    );
  });

  it('stays mapped without a view while an operation may write to it', async () => {
    await says(
      `
      const [a, b] = socketpair();
      const before = maps();
      let ring = new Ring({ areaSize: SIZE });
      ring.recv(a, 0, 100, 1);
      ring.enter(0);
      const fd = ring.fileno();
      ring = undefined;
      for (let i = 0; i < 5; i++) { gc(); await turn(); }
      say(maps() > before && openRings() === 1 ? 'kept' : 'lost');
      b.send(Buffer.from('late'));
      say('alive');
      `,
      'kept\nalive\n',
    );
  });

  it('is written to by nobody after close(), and the bytes are left for others', async () => {
    await says(
      `
      const [a, b] = socketpair();
      const ring = new Ring();
      for (let i = 0; i < 10; i++) ring.recv(a, 10 * i, 10, i);
      ring.enter(0);
      ring.close();
      b.send(Buffer.from('for others'));
      say(String(a.recv(100)) + ', ' + ring.area.slice(0, 100).every((byte) => byte === 0) + ', ' + openRings());
      `,
      'for others, true, 0\n',
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
      'parentPort.postMessage(0); ring.enter(2, 0.5); for (;;) ring.enter(2, 0.01);',
      'await turn(); await worker.terminate();',
    ],
  } as const;

  it.each(Object.entries(ends))(
    '%s: its ring is cancelled, closed and unmapped',
    async (_, [inside, end]) => {
      await says(
        `
      const [a, b] = socketpair();
      const before = maps();
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
      say(openRings() + ' rings, ' + (await settled(before, maps) - before) + ' mappings, ' + a.recv(100));
      `,
        '1 ring\n0 rings, 0 mappings, mine\n',
      );
    },
  );
});
