/** The two ways to wait on the event loop: libuv, and a thread. All else is tested with both: `npm run test:thread`. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/child.js';

const prelude = `
import { readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { EpollSelector, EVENT_READ, ready } from 'fd-selectors';
import { Waker } from 'fd-selectors/fds';
const say = (text) => writeSync(1, text + '\\n');
const read = (file) => { try { return readFileSync(file, 'utf8').trim(); } catch { return ''; } };
const threads = () => readdirSync('/proc/self/task')
  .filter((task) => read('/proc/self/task/' + task + '/comm') === 'fd-selectors').length;
const openFds = () => readdirSync('/proc/self/fd').length;
const waker = new Waker();
const sel = new EpollSelector();
sel.register(waker, EVENT_READ);
`;
const clean = (output: string): object => ({ code: 0, signal: null, output });
/** Runs a script that has chosen a back end. */
const withLoop = (loop: string, script: string): ReturnType<typeof runScript> =>
  runScript(`${prelude}process.env.FD_SELECTORS_LOOP = '${loop}';\n${script}`);

describe('FD_SELECTORS_LOOP', () => {
  it('is read by the first wait, and refused if unknown', async () => {
    const script = `
      for (const wait of [() => sel.selectAsync(), () => ready(waker, EVENT_READ)]) {
        await wait().catch((error) => say(error.code + ': ' + error.message));
      }`;
    const message =
      'ERR_INVALID_LOOP: The environment variable FD_SELECTORS_LOOP must be "uv" or "thread". Received \'libuv\'\n';
    expect(await withLoop('libuv', script)).toEqual(clean(message.repeat(2)));
  });

  it.each([
    ['uv', 0],
    ['thread', 1],
  ])('%s makes %s threads, with the first wait', async (loop, count) => {
    const script = `
      const before = threads();
      const waits = [sel.selectAsync(), ready(waker, EVENT_READ)];
      say(before + ' ' + threads());
      setTimeout(() => waker.wake(), 1);
      await Promise.all(waits);
      sel.close();
      say(String(threads()));`;
    expect(await withLoop(loop, script)).toEqual(clean(`0 ${count}\n${count}\n`));
  });
});

describe('the thread', () => {
  it('lets the process end once no wait is pending', async () => {
    const script = `
      process.once('exit', () => say('ends'));
      setTimeout(() => waker.wake(), 1);
      say(String((await sel.selectAsync()).length));
      waker.clear();
      sel.unref();
      void sel.selectAsync().then(() => say('again'));`;
    expect(await withLoop('thread', script)).toEqual(clean('1\nends\n'));
  });

  it('ends with its worker: those that were terminated leave neither thread nor descriptor', async () => {
    const worker = `
      import { parentPort, workerData } from 'node:worker_threads';
      import { EpollSelector, EVENT_READ } from 'fd-selectors';
      const sel = new EpollSelector();
      sel.register(workerData, EVENT_READ);
      void sel.selectAsync().then(() => { for (;;); });
      parentPort.postMessage(0);`;
    const script = `
      const run = async (i) => {
        const worker = new Worker(${JSON.stringify(worker)}, { eval: true, workerData: waker.fileno() });
        await new Promise((resolve) => worker.once('message', resolve));
        // Within a wake-up, before it and after it.
        if (i % 2 === 0) waker.wake();
        await worker.terminate();
        waker.clear();
      };
      const several = () => Promise.all(Array.from({ length: 4 }, (_, i) => run(i)));
      await several();
      const before = openFds();
      for (let round = 0; round < 2; round++) await several();
      // A thread that was joined is seen in /proc for a moment longer.
      for (let i = 0; i < 10_000 && threads() > 0; i++) await new Promise((resolve) => setTimeout(resolve, 1));
      say(threads() + ' ' + (openFds() - before));`;
    expect(await withLoop('thread', script)).toEqual(clean('0 0\n'));
  });

  it('keeps no worker from ending that closed what wakes it', async () => {
    const worker = `
      import { closeSync, readdirSync, readlinkSync } from 'node:fs';
      import { parentPort } from 'node:worker_threads';
      import { EpollSelector } from 'fd-selectors';
      const link = (fd) => { try { return readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } };
      const eventfds = () => readdirSync('/proc/self/fd').filter((fd) => link(fd).includes('eventfd'));
      const before = new Set(eventfds());
      void new EpollSelector().selectAsync();
      for (const fd of eventfds()) if (!before.has(fd)) closeSync(Number(fd));
      parentPort.postMessage(0);`;
    const script = `
      const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
      worker.once('message', () => worker.terminate());
      worker.once('exit', () => say('ended'));`;
    expect(await withLoop('thread', script)).toEqual(clean('ended\n'));
  });

  it('goes on with another set where somebody closed its own within a wake-up', async () => {
    const script = `
      import { closeSync } from 'node:fs';
      const sets = () => readdirSync('/proc/self/fd').filter((fd) => read('/proc/self/fdinfo/' + fd).includes('tfd:'));
      const isSet = (fd) => sets().includes(fd);
      const members = (fd) => read('/proc/self/fdinfo/' + fd).match(/(?<=tfd: *)\\d+/g);
      const wait = sel.selectAsync();
      // In the set of the thread, and with the selector's set in it.
      let loop;
      while (loop === undefined) {
        await new Promise(setImmediate);
        loop = sets().flatMap(members).find((fd) => isSet(fd) && members(fd).some(isSet));
      }
      waker.wake();
      await wait;
      waker.clear();
      closeSync(Number(loop));
      const again = sel.selectAsync();
      setTimeout(() => waker.wake(), 1);
      say(String((await again).length));`;
    expect(await withLoop('thread', script)).toEqual(clean('1\n'));
  });
});
