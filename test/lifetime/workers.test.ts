/** Workers that end in the middle of a wait leave nothing behind: each case in a process of its own. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/child.js';

const SELECTORS = ['SelectSelector', 'PollSelector', 'EpollSelector'];

/** What each process begins with. */
const prelude = `
import { readdirSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Waker } from 'fd-selectors/fds';
const say = (text) => writeSync(1, text + '\\n');
const openFds = () => readdirSync('/proc/self/fd').length;
// A worker dies at a moment that the seed decides: LIFETIME_SEED tries others, and a failure says which it was.
let seed = Number(process.env.LIFETIME_SEED ?? 1);
const firstSeed = seed;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
const verdict = (count) => say(count === 0 ? '0' : count + ' with LIFETIME_SEED=' + firstSeed);
const waker = new Waker();
// Not by \`once\`, which an error of the worker would reject.
const message = (worker) => new Promise((resolve) => worker.once('message', resolve));
const start = (script, workerData = waker.fileno()) => {
  const worker = new Worker(script, { eval: true, workerData });
  worker.on('error', (error) => { if (error.message !== 'on purpose') say(String(error)); });
  worker.exited = new Promise((resolve) => worker.once('exit', resolve));
  return worker;
};
/** Terminates workers some time after their first message, and says how many descriptors are left. */
const endAtRandom = async (script, workerData) => {
  const run = async () => {
    const worker = start(script, workerData);
    await message(worker);
    await delay(random() * 3);
    await worker.terminate();
  };
  await run();
  const before = openFds();
  for (let i = 0; i < 6; i++) await run();
  verdict(openFds() - before);
};
`;

/** What each worker begins with: it opens one of everything, and closes nothing. */
const workerPrelude = `
import { parentPort, workerData } from 'node:worker_threads';
import { EpollSelector, EVENT_READ, PollSelector, ready, SelectSelector } from 'fd-selectors';
import { Inotify, PidFd, pipe, signals, TimerFd, Waker } from 'fd-selectors/fds';
import { epoll } from 'fd-selectors/select';
import { createServer, recvFds, sendFds, Socket, socketpair } from 'fd-selectors/socket';
const opened = [
  new EpollSelector(), epoll(), new Inotify(), PidFd.open(process.pid), ...pipe(), signals(['SIGUSR2']),
  new TimerFd(), new Waker(), createServer(['127.0.0.1', 0]), ...socketpair(),
];
sendFds(opened.at(-1), [Buffer.from('x')], [workerData, workerData]);
recvFds(opened.at(-2), 10, 2);
opened.at(-2).makefile('rb');
opened.push(opened.at(-1).dup(), Socket.fromFd(opened.at(-1).detach()));
const own = new Waker();
`;

/** Each way to wait for \`own\`, which nobody wakes, and for the waker that the main thread owns. */
const ways = Object.fromEntries([
  ...SELECTORS.flatMap((name) => {
    const open = `
      const sel = new ${name}();
      for (const one of [own, workerData]) sel.register(one, EVENT_READ);`;
    return [
      [`selectAsync of ${name}`, `${open} const wait = () => sel.selectAsync();`],
      [
        `events of ${name}`,
        `${open} const wait = async () => { for await (const _ of sel.events()) return; };`,
      ],
    ];
  }),
  [
    'ready',
    `const sel = { unref() {} };
     const wait = () => Promise.race([ready(own, EVENT_READ), ready(workerData, EVENT_READ)]);`,
  ],
]) as Record<string, string>;

/** How a worker ends: what it does, and what the main thread does once it is told that the worker waits. */
const ends: Record<string, { worker: string; main: string; ways?: RegExp }> = {
  'is terminated': { worker: 'wait();', main: 'await worker.terminate();' },
  'calls process.exit()': {
    worker: 'wait(); setImmediate(() => process.exit(0));',
    main: 'await worker.exited;',
  },
  throws: {
    worker: "wait(); setImmediate(() => { throw new Error('on purpose'); });",
    main: 'await worker.exited;',
  },
  'ends with its wait unreferenced': {
    worker: 'wait(); sel.unref();',
    main: 'await worker.exited;',
    ways: /Selector/,
  },
  'ends after its wait, with everything open': {
    worker: 'wait();',
    main: 'waker.wake(); await worker.exited; waker.clear();',
    ways: /^(events|selectAsync)/,
  },
  'is terminated within a wake-up': {
    worker: "wait().then(() => { parentPort.postMessage('woken'); for (;;); });",
    main: 'waker.wake(); await message(worker); await worker.terminate(); waker.clear();',
  },
  'calls process.exit() within a wake-up': {
    worker: 'wait().then(() => process.exit(0));',
    main: 'waker.wake(); await worker.exited; waker.clear();',
  },
  'throws within a wake-up': {
    worker: "wait().then(() => { throw new Error('on purpose'); });",
    main: 'waker.wake(); await worker.exited; waker.clear();',
  },
};

describe.each(Object.entries(ends))('a worker that waits and %s', (_, end) => {
  it('leaves no descriptor, however it waits', async () => {
    const tried = Object.entries(ways).filter(([way]) => end.ways?.test(way) ?? true);
    const workers = tried.map(([way, open]) => [
      way,
      `${workerPrelude}${open}${end.worker} parentPort.postMessage('waits');`,
    ]);
    const script = `${prelude}
      async function run(script) {
        const worker = start(script);
        await message(worker);
        ${end.main}
      }
      const workers = ${JSON.stringify(workers)};
      await run(workers[0][1]);
      for (const [way, script] of workers) {
        const before = openFds();
        await run(script);
        say(way + ': ' + (openFds() - before));
      }`;
    const output = tried.map(([way]) => `${way}: 0\n`).join('');
    expect(await runScript(script)).toEqual({ code: 0, signal: null, output });
  });
});

it.each(SELECTORS)('a Waker of the main thread ends the blocking select() of a %s', async (name) => {
  const worker = `${workerPrelude}
    const sel = new ${name}();
    sel.register(workerData, EVENT_READ);
    parentPort.postMessage('waits');
    parentPort.postMessage(sel.select().length);
    process.exit();`;
  const script = `${prelude}
    const worker = start(${JSON.stringify(worker)});
    await message(worker);
    waker.wake();
    say(String(await message(worker)));
    await worker.exited;`;
  expect(await runScript(script)).toEqual({ code: 0, signal: null, output: '1\n' });
});

it.each(SELECTORS)(
  'a Waker whose number came by postMessage ends the selectAsync() of a %s',
  async (name) => {
    const worker = `${workerPrelude}
    parentPort.once('message', (fd) => Waker.fromFd(fd).wake());`;
    const script = `${prelude}
    import { ${name}, EVENT_READ } from 'fd-selectors';
    const sel = new ${name}();
    sel.register(waker, EVENT_READ);
    const worker = start(${JSON.stringify(worker)});
    const found = sel.selectAsync();
    worker.postMessage(waker.fileno());
    say(String((await found).length));
    await worker.exited;`;
    expect(await runScript(script)).toEqual({ code: 0, signal: null, output: '1\n' });
  },
);

it('a worker that blocks in select() ends as soon as the wait does', async () => {
  const worker = `${workerPrelude}
    const sel = new EpollSelector();
    sel.register(workerData, EVENT_READ);
    parentPort.postMessage('waits');
    sel.select();
    parentPort.postMessage('went on');`;
  const script = `${prelude}
    const before = openFds();
    const worker = start(${JSON.stringify(worker)});
    await message(worker);
    worker.on('message', say);
    const terminated = worker.terminate();
    waker.wake();
    await terminated;
    say('ended');`;
  expect(await runScript(script)).toEqual({ code: 0, signal: null, output: 'ended\n' });
});

it('a worker terminated between any two steps of its JavaScript leaves no descriptor', async () => {
  const busy = `${workerPrelude}
    parentPort.postMessage('works');
    for (;;) {
      const [a, b] = socketpair();
      for (const one of [new EpollSelector(), new TimerFd(), new Waker(), ...pipe(), a.dup(), a, b]) one.close();
    }`;
  const script = `${prelude}
    await endAtRandom(${JSON.stringify(busy)});`;
  expect(await runScript(script)).toEqual({ code: 0, signal: null, output: '0\n' });
});

it('workers in a row and several at once leave no descriptor', async () => {
  const worker = `${workerPrelude}
    const sel = new PollSelector();
    sel.register(workerData, EVENT_READ);
    void sel.selectAsync();
    void ready(own, EVENT_READ);
    parentPort.postMessage('waits');`;
  const script = `${prelude}
    async function run() {
      const worker = start(${JSON.stringify(worker)});
      await message(worker);
      await worker.terminate();
    }
    // Node itself opens some for the first worker, and for the first that run together.
    await Promise.all(Array.from({ length: 3 }, run));
    const before = openFds();
    for (let i = 0; i < 2; i++) await run();
    await Promise.all(Array.from({ length: 3 }, run));
    say(String(openFds() - before));`;
  const outcome = await runScript(script);
  expect(outcome).toEqual({ code: 0, signal: null, output: '0\n' });
});

it('a descriptor that a worker gave away outlives it', async () => {
  const worker = `${workerPrelude}
    import { dup } from 'fd-selectors/fds';
    const [a, b] = socketpair();
    a.send(Buffer.from('still here'));
    a.close();
    parentPort.postMessage([dup(b), b.detach()]);`;
  const script = `${prelude}
    import { read } from 'fd-selectors/fds';
    import { Socket } from 'fd-selectors/socket';
    const worker = start(${JSON.stringify(worker)});
    const [copy, given] = await message(worker);
    await worker.exited;
    say(Socket.fromFd(given).recv(100).toString());
    say(String(read(copy, Buffer.alloc(1))));`;
  expect(await runScript(script)).toEqual({ code: 0, signal: null, output: 'still here\n0\n' });
});

it('a worker terminated while it loads the addon does not abort the process', async () => {
  const loader = `
    const { parentPort, workerData } = await import('node:worker_threads');
    parentPort.postMessage('loads');
    for (;;) process.dlopen({ exports: {} }, workerData);`;
  const script = `${prelude}
    import { createRequire } from 'node:module';
    const file = createRequire(process.cwd() + '/script.js')('node-gyp-build').resolve('.');
    await endAtRandom(${JSON.stringify(loader)}, file);`;
  expect(await runScript(script)).toEqual({ code: 0, signal: null, output: '0\n' });
});
