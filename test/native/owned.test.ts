/** The raw contract of the list of descriptors that the end of a worker closes. */
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { root, runScript } from '../support/child.js';
import { int, itTakes, openPipe } from '../support/raw.js';

const prelude = `
  import load from 'node-gyp-build';
  const native = load(${JSON.stringify(root)});
  const { constants: c } = native;
  const fds = new Int32Array(2);
  const check = (result) => { if (result < 0) throw new Error('errno ' + -result); return result; };`;

/** Runs each work in a worker of its own: how many descriptors each leaves behind. */
async function leftBy(works: readonly string[]): Promise<Record<string, number>> {
  const script = `
    import { readdirSync } from 'node:fs';
    import { Worker } from 'node:worker_threads';
    const openFds = () => readdirSync('/proc/self/fd').length;
    const run = (work) => new Promise((resolve, reject) => {
      new Worker(${JSON.stringify(prelude)} + work, { eval: true }).on('exit', resolve).on('error', reject);
    });
    await run('');
    const left = {};
    for (const work of ${JSON.stringify(works)}) {
      const before = openFds();
      await run(work);
      left[work] = openFds() - before;
    }
    console.log(JSON.stringify(left));`;
  const { code, output } = await runScript(script);
  expect(code).toBe(0);
  return JSON.parse(output);
}

describe('the end of a worker', () => {
  itTakes({ track: [0, int(0)], untrack: [0, int(0)] });

  it('closes what every call that makes a descriptor has made', async () => {
    const works = [
      'check(native.socket(c.AF_UNIX, c.SOCK_STREAM, 0))',
      'check(native.socketpair(c.AF_UNIX, c.SOCK_STREAM, 0, fds))',
      'check(native.pipe2(fds, 0))',
      'check(native.dup(0))',
      'check(native.epollCreate1(0))',
      'check(native.eventfd(0, 0))',
      'check(native.timerfdCreate(c.CLOCK_MONOTONIC, 0))',
      'check(native.inotifyInit1(0))',
      'check(native.pidfdOpen(process.pid, 0))',
      'check(native.signalOpen(fds))',
      `const address = new Int32Array(33);
       const socket = () => check(native.socket(c.AF_INET, c.SOCK_STREAM, 0));
       const server = socket();
       new Uint16Array(address.buffer)[0] = c.AF_INET;
       address[32] = 16;
       check(native.bind(server, address));
       check(native.listen(server, 1));
       check(native.getsockname(server, address));
       check(native.connect(socket(), address));
       check(native.accept4(server, address, 0))`,
    ];
    expect(await leftBy(works)).toEqual(Object.fromEntries(works.map((work) => [work, 0])));
  });

  it('closes what is owned, and leaves what is given away or closed', async () => {
    const works = {
      'native.untrack(check(native.dup(0)))': 1,
      'const fd = check(native.dup(0)); native.untrack(fd); native.track(fd)': 0,
      // Once closed, the number may be another's: here, of a copy that nobody owns.
      'const fd = check(native.dup(0)); native.close(fd); check(native.dup2(0, fd))': 1,
    };
    expect(await leftBy(Object.keys(works))).toEqual(works);
  });
});

it('track and untrack do nothing to a descriptor of the main thread', () => {
  const [reader] = openPipe();
  expect([native.track(reader), native.untrack(reader)]).toEqual([0, 0]);
  expect(native.getNonblock(reader)).toBe(0);
});
