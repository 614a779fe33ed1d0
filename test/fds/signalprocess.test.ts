/** Signals from outside, in processes of their own: what a mistake would end. */
import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/child.js';

/** What each script begins with. `say` writes at once: the script may never yield again. */
const prelude = `
import { writeSync, readFileSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
const say = (text) => writeSync(1, text + '\\n');
`;
const api = `
import { signals, TimerFd } from 'fd-selectors/fds';
import { epoll, poll, POLLIN, select } from 'fd-selectors/select';
`;

// Workers inherit `--input-type=module` from the process, and are ES modules too.

/** A worker that says when it watches SIGUSR2, waits for one, and tells what it read. */
const watcher = `
import { parentPort } from 'node:worker_threads';
import { signals } from 'fd-selectors/fds';
import { select } from 'fd-selectors/select';
const arrivals = signals(['SIGUSR2']);
parentPort.postMessage('ready');
select([arrivals], [], []);
parentPort.postMessage(arrivals.read());
arrivals.close();
`;

/** A worker that watches SIGUSR2, never closes, and is still there. */
const forgetful = `
import { parentPort } from 'node:worker_threads';
import { signals } from 'fd-selectors/fds';
signals(['SIGUSR2']);
signals(['SIGUSR2', 'SIGHUP']);
parentPort.postMessage('ready');
parentPort.on('message', () => {});
`;

const on = (ready: string, signal: NodeJS.Signals) => (line: string, child: ChildProcess) => {
  if (line === ready) child.kill(signal);
};

describe('SIGINT', () => {
  const waits = {
    select: 'select([arrivals], [], [])',
    poll: 'const set = poll(); set.register(arrivals, POLLIN); set.poll()',
    epoll: 'const set = epoll(); set.register(arrivals, POLLIN); set.poll()',
  };
  it.each(Object.entries(waits))('ends a program that blocks in %s', async (_, wait) => {
    const script = `${prelude}${api}
      const arrivals = signals(['SIGINT']);
      say('ready');
      ${wait};
      say(JSON.stringify(arrivals.read()));
      arrivals.close();
      say('bye');`;
    const outcome = await runScript(script, on('ready', 'SIGINT'));
    expect(outcome).toEqual({ code: 0, signal: null, output: 'ready\n[["SIGINT",1]]\nbye\n' });
  });

  it('ends a loop that never yields', async () => {
    const script = `${prelude}${api}
      const arrivals = signals(['SIGINT', 'SIGTERM']);
      const tick = new TimerFd();
      tick.set(0.001, 0.001);
      say('ready');
      for (let running = true; running; ) {
        for (const ready of select([arrivals, tick], [], [])[0]) {
          if (ready === tick) tick.read();
          else running = !arrivals.read().some(([name]) => name === 'SIGINT');
        }
      }
      say('bye');`;
    const outcome = await runScript(script, on('ready', 'SIGINT'));
    expect(outcome).toEqual({ code: 0, signal: null, output: 'ready\nbye\n' });
  });

  it('kills again after close', async () => {
    const script = `${prelude}${api}
      const arrivals = signals(['SIGINT']);
      say('first');
      select([arrivals], [], []);
      arrivals.close();
      say('second');
      setInterval(() => {}, 1000);`;
    const outcome = await runScript(script, (line, child) => {
      if (line === 'first' || line === 'second') child.kill('SIGINT');
    });
    expect(outcome).toEqual({ code: null, signal: 'SIGINT', output: 'first\nsecond\n' });
  });
});

describe('worker threads', () => {
  it('two workers and the main thread each get a signal', async () => {
    const script = `${prelude}${api}
      const arrivals = signals(['SIGUSR2']);
      const watcher = ${JSON.stringify(watcher)};
      const workers = [1, 2].map(() => new Worker(watcher, { eval: true }));
      await Promise.all(workers.map((worker) => once(worker, 'message')));
      process.kill(process.pid, 'SIGUSR2');
      for (const [told] of await Promise.all(workers.map((worker) => once(worker, 'message')))) {
        say(JSON.stringify(told));
      }
      say(JSON.stringify(arrivals.read()));`;
    const told = '[["SIGUSR2",1]]\n';
    expect(await runScript(script)).toEqual({ code: 0, signal: null, output: told.repeat(3) });
  });

  it('a worker that is terminated leaves no descriptor, and no handler', async () => {
    const script = `${prelude}${api}
      const eventfds = () => readdirSync('/proc/self/fd').length;
      const arrivals = signals(['SIGUSR2']);
      const forgetful = ${JSON.stringify(forgetful)};
      let before;
      for (let i = 0; i < 5; i++) {
        const worker = new Worker(forgetful, { eval: true });
        await once(worker, 'message');
        process.kill(process.pid, 'SIGUSR2');
        process.kill(process.pid, 'SIGHUP');
        await worker.terminate();
        process.kill(process.pid, 'SIGUSR2');
        say(JSON.stringify(arrivals.read()));
        before ??= eventfds();
      }
      say(String(eventfds() - before));
      arrivals.close();
      say('closed');
      process.kill(process.pid, 'SIGHUP');
      setInterval(() => {}, 1000);`;
    const outcome = await runScript(script);
    expect(outcome.output).toBe(`${'[["SIGUSR2",2]]\n'.repeat(5)}0\nclosed\n`);
    expect(outcome.signal).toBe('SIGHUP');
  });

  it('the library stays loaded once its only worker has gone', async () => {
    const script = `${prelude}
      const loaded = () => /fd_selectors\\.node/.test(readFileSync('/proc/self/maps', 'utf8'));
      const worker = new Worker(${JSON.stringify(forgetful)}, { eval: true });
      say(String(loaded()));
      await once(worker, 'message');
      await worker.terminate();
      say(String(loaded()));`;
    expect((await runScript(script)).output).toBe('false\ntrue\n');
  });

  it('a storm of signals reaches no descriptor that took the number of a closed one', async () => {
    // The numbers of descriptors are reused at once: each event below is where a subscription was.
    const opener = `
      import { parentPort } from 'node:worker_threads';
      import { EventFd, signals } from 'fd-selectors/fds';
      let strays = 0;
      let cycles = 0;
      let arrived = 0;
      for (; cycles < 300 || arrived === 0; cycles++) {
        const arrivals = signals(['SIGUSR2']);
        for (let i = 0; i < 5; i++) arrived += arrivals.read().length;
        arrivals.close();
        const event = new EventFd();
        for (let i = 0; i < 5; i++) if (event.tryRead() !== null) strays++;
        event.close();
      }
      parentPort.postMessage({ strays });`;
    const script = `${prelude}${api}
      const arrivals = signals(['SIGUSR2']);
      const workers = [1, 2].map(() => new Worker(${JSON.stringify(opener)}, { eval: true }));
      let told = 0;
      for (const worker of workers) {
        worker.on('error', (error) => say(String(error)));
        worker.on('message', (message) => { told++; say(JSON.stringify(message)); });
      }
      const storm = () => {
        for (let i = 0; i < 500; i++) process.kill(process.pid, 'SIGUSR2');
        if (told < workers.length) setImmediate(storm);
      };
      storm();`;
    const clean = '{"strays":0}\n';
    expect(await runScript(script)).toEqual({ code: 0, signal: null, output: clean.repeat(2) });
  });
});
