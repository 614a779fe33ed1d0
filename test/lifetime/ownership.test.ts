/** A worker that ends closes its own descriptors, and none that took the number of one of them. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/child.js';

/**
 * What each script begins with. `start` starts a worker that opens descriptors, and returns their numbers; `state`
 * says of each number whether it is open.
 */
const prelude = (opens: string) => `
  import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
  import { Worker } from 'node:worker_threads';
  import { close, dup, pipe } from 'fd-selectors/fds';
  import { epoll } from 'fd-selectors/select';
  import { Socket, socketpair } from 'fd-selectors/socket';
  const opens = ${JSON.stringify(`
    import { parentPort, workerData } from 'node:worker_threads';
    import { EventFd, pipe, signals, close, Waker } from 'fd-selectors/fds';
    import { epoll } from 'fd-selectors/select';
    import { Socket, socketpair } from 'fd-selectors/socket';
    parentPort.on('message', () => {
      const own = ${opens};
      parentPort.postMessage(own.map((one) => typeof one === 'number' ? one : one.fileno()));
    });
    parentPort.postMessage('started');`)};
  const message = (worker) => new Promise((resolve) => worker.once('message', resolve));
  async function started(workerData) {
    const worker = new Worker(opens, { eval: true, workerData });
    worker.on('error', (error) => say(String(error)));
    await message(worker);
    return worker;
  }
  function open(worker) {
    worker.postMessage('open');
    return message(worker);
  }
  async function start(workerData) {
    const worker = await started(workerData);
    return [worker, await open(worker)];
  }
  const say = (text) => writeSync(1, text + '\\n');
  const isOpen = (fd) => { try { fstatSync(fd); return true; } catch { return false; } };
  const state = (fds) => say(fds.map(isOpen).join());`;

const PAIR = '[...socketpair()]';

/** Runs a script whose worker opens descriptors: what it wrote. */
async function run(opens: string, script: string): Promise<string> {
  const outcome = await runScript(`${prelude(opens)}${script}`);
  expect(outcome).toMatchObject({ code: 0, signal: null });
  return outcome.output.trim();
}

/** Another thread closes what a worker owns, and opens its own under the same numbers, which then stay open. */
const replaced = (close: string, open: string) => `
  const [worker, numbers] = await start();
  numbers.sort((a, b) => a - b);
  for (const fd of numbers) ${close};
  const taken = ${open};
  if (taken.map((one) => typeof one === 'number' ? one : one.fileno()).sort((a, b) => a - b).join() !== numbers.join()) {
    say('other numbers');
  }
  await worker.terminate();
  state(numbers);`;

describe('a worker that ends', () => {
  it.each([
    ['close of fds', 'close(fd)', '[...socketpair()]'],
    ['Socket.fromFd', 'Socket.fromFd(fd).close()', '[...pipe()]'],
    ['Socket.fromFd, for bare numbers', 'Socket.fromFd(fd).close()', '[dup(0), dup(0)]'],
    ["Node's own close", 'closeSync(fd)', '[...socketpair()]'],
    [
      "Node's own close, for Node's files",
      'closeSync(fd)',
      "['/', '/dev/null'].map((path) => openSync(path))",
    ],
  ])('does not close what took a number that another thread freed: %s', async (_, close, open) => {
    expect(await run(PAIR, replaced(close, open))).toBe('true,true');
  });

  it('does not close what took the number of an epoll set, eventfd or subscription', async () => {
    const output = await run(
      "[epoll(), new Waker(), signals(['SIGUSR2'])]",
      replaced('close(fd)', '[epoll(), epoll(), epoll()]'),
    );
    expect(output).toBe('true,true,true');
  });

  it('does not close what another worker opened under its number', async () => {
    const script = `
      const first = await started();
      const second = await started();
      const numbers = await open(first);
      for (const fd of numbers) close(fd);
      const same = await open(second);
      say(String(same.join() === numbers.join()));
      await first.terminate();
      state(numbers);
      await second.terminate();
      state(numbers);`;
    expect(await run(PAIR, script)).toBe('true\ntrue,true\nfalse,false');
  });

  it('leaves what another thread took over', async () => {
    const script = `
      const [worker, numbers] = await start();
      const socket = Socket.fromFd(numbers[0]);
      await worker.terminate();
      state(numbers);
      socket.close();`;
    expect(await run(PAIR, script)).toBe('true,false');
  });

  it('closes what it took over, also an epoll set, though the first owner gives it away', async () => {
    const script = `
      const pair = socketpair();
      const set = epoll();
      const [worker, numbers] = await start([pair[0].fileno(), set.fileno()]);
      pair[0].detach();
      await worker.terminate();
      state(numbers);
      state([pair[1].fileno()]);`;
    const opens = '[Socket.fromFd(workerData[0]), epoll.fromfd(workerData[1])]';
    expect(await run(opens, script)).toBe('false,false\ntrue');
  });

  it('closes a number of its own behind which another file was put', async () => {
    const script = `
      import load from 'node-gyp-build';
      const native = load(process.cwd());
      const [worker, numbers] = await start();
      say(String(native.dup2(0, numbers[0]) === numbers[0]));
      close(numbers[1]);
      say(String(native.dup2(0, numbers[1]) === numbers[1]));
      await worker.terminate();
      state(numbers);`;
    expect(await run(PAIR, script)).toBe('true\ntrue\nfalse,true');
  });
});
