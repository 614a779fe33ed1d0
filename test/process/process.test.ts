/** What keeps a process alive, and how it ends: each in a process of its own. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/child.js';

const prelude = `
import { writeSync } from 'node:fs';
import { EpollSelector, EVENT_READ, PollSelector, ready, SelectSelector } from 'fd-selectors';
import { close, dup, pipe, Waker } from 'fd-selectors/fds';
const say = (text) => writeSync(1, text + '\\n');
const waker = new Waker();
`;

/** Each way to wait on the event loop: `open` makes what waits, `wait()` waits for the waker. */
const ways = Object.fromEntries([
  ...['SelectSelector', 'PollSelector', 'EpollSelector'].flatMap((name) => {
    const open = `const sel = new ${name}(); sel.register(waker, EVENT_READ);`;
    return [
      [`selectAsync of ${name}`, `${open} const wait = () => sel.selectAsync();`],
      [
        `events of ${name}`,
        `${open} const wait = async () => { for await (const pair of sel.events()) return pair; };`,
      ],
    ];
  }),
  ['ready', 'const wait = () => ready(waker, EVENT_READ);'],
]) as Record<string, string>;
const selectors = Object.entries(ways).filter(([name]) => name !== 'ready');

const clean = (output: string) => ({ code: 0, signal: null, output });

describe.each(Object.entries(ways))('%s', (_, open) => {
  it('keeps the process alive while it waits, and not afterwards', async () => {
    // The timer itself keeps nothing alive.
    const script = `${prelude}${open}
      void wait().then(() => say('woken'));
      setTimeout(() => { say('alive'); waker.wake(); }, 50).unref();`;
    expect(await runScript(script)).toEqual(clean('alive\nwoken\n'));
  });

  it('does not hold up process.exit()', async () => {
    const script = `${prelude}${open}
      void wait();
      process.on('exit', () => say('exit'));
      setTimeout(() => process.exit(3), 10);`;
    expect(await runScript(script)).toEqual({ code: 3, signal: null, output: 'exit\n' });
  });

  it('can end the process from within a wake-up', async () => {
    const script = `${prelude}${open}
      void wait().then(() => process.exit(4));
      setTimeout(() => waker.wake(), 10);`;
    expect(await runScript(script)).toEqual({ code: 4, signal: null, output: '' });
  });

  it('goes on after its consumer threw, which uncaughtException hears of', async () => {
    const script = `${prelude}${open}
      process.on('uncaughtException', (error) => {
        say(error.message);
        waker.clear();
        setTimeout(() => waker.wake(), 10);
        void wait().then(() => say('woken'));
      });
      void wait().then(() => { throw new Error('thrown'); });
      setTimeout(() => waker.wake(), 10);`;
    expect(await runScript(script)).toEqual(clean('thrown\nwoken\n'));
  });
});

describe.each(selectors)('%s', (_, open) => {
  it('does not keep the process alive after unref()', async () => {
    const script = `${prelude}${open}
      sel.unref();
      void wait().then(() => say('woken'));`;
    expect(await runScript(script)).toEqual(clean(''));
  });

  it('keeps it alive again after ref(), also while it waits', async () => {
    const script = `${prelude}${open}
      sel.unref();
      void wait().then(() => say('woken'));
      sel.ref();
      setTimeout(() => waker.wake(), 50).unref();`;
    expect(await runScript(script)).toEqual(clean('woken\n'));
  });

  it('can be closed from within a wake-up', async () => {
    const script = `${prelude}${open}
      void wait().then(() => { sel.close(); say('closed'); });
      setTimeout(() => waker.wake(), 10);`;
    expect(await runScript(script)).toEqual(clean('closed\n'));
  });
});

describe.each(['SelectSelector', 'PollSelector', 'EpollSelector'])('%s', (name) => {
  it('open, with registrations and no wait pending, lets the process end', async () => {
    const script = `${prelude}
      const sel = new ${name}();
      sel.register(waker, EVENT_READ);
      await sel.selectAsync(0.01);
      waker.wake();
      say(String((await sel.selectAsync()).length));`;
    expect(await runScript(script)).toEqual(clean('1\n'));
  });

  it('lets the process end after a wait was aborted from within the wake-up of another', async () => {
    const script = `${prelude}
      const sel = new ${name}();
      const other = new ${name}();
      other.register(new Waker(), EVENT_READ);
      sel.register(waker, EVENT_READ);
      const controller = new AbortController();
      const aborted = other.selectAsync(undefined, { signal: controller.signal });
      aborted.catch((error) => say(error.name));
      void sel.selectAsync().then(() => controller.abort());
      setTimeout(() => waker.wake(), 10);`;
    expect(await runScript(script)).toEqual(clean('AbortError\n'));
  });

  it('can be closed from within the wake-up of another that is ready in the same turn', async () => {
    const script = `${prelude}
      const both = [new ${name}(), new ${name}()];
      for (const [i, sel] of both.entries()) {
        sel.register(waker, EVENT_READ);
        sel.selectAsync().then(() => { both[1 - i].close(); say('woken'); }, (error) => say(error.code));
      }
      setTimeout(() => waker.wake(), 10);`;
    expect(await runScript(script)).toEqual(clean('woken\nERR_SELECTOR_CLOSED\n'));
  });
});

it('a set that was rebuilt within a wake-up does not keep the process alive', async () => {
  // A ghost: the file lives on in its duplicate, and epoll cannot remove it. It is found in the same
  // wake-up as the waker.
  const script = `${prelude}
    const [reader, writer] = pipe();
    const sel = new EpollSelector();
    sel.register(waker, EVENT_READ);
    const { fd } = sel.register(reader, EVENT_READ);
    dup(reader);
    reader.close();
    sel.unregister(fd);
    setTimeout(() => { writer.write(Buffer.from('x')); waker.wake(); }, 10);
    say(String((await sel.selectAsync()).length));
    waker.clear();`;
  expect(await runScript(script)).toEqual(clean('1\n'));
});

it('a storm of signals rejects no ready()', async () => {
  // poll(2) is interrupted by them even with no time to wait.
  const script = `${prelude}
    import { spawn } from 'node:child_process';
    import { signals } from 'fd-selectors/fds';
    const arrivals = signals(['SIGUSR2']);
    const storm = spawn(process.execPath, ['-e', 'for (;;) process.kill(' + process.pid + ', "SIGUSR2")']);
    let found = 0;
    for (let stormy = 0; stormy < 20; stormy += arrivals.read().length) {
      for (let i = 0; i < 500; i++) found += await ready(waker, EVENT_READ, { timeout: 0 });
    }
    storm.kill('SIGKILL');
    await new Promise((resolve) => storm.once('exit', resolve));
    say(String(found));`;
  expect(await runScript(script)).toEqual(clean('0\n'));
});

it('a runtime in which nothing can wait rejects, and ready() too', async () => {
  const script = `${prelude}
    import { errnoOf } from './dist/errors.js';
    import { native } from './dist/native.js';
    native.loopOpen = () => -errnoOf('ENOSYS');
    for (let i = 0; i < 2; i++) {
      await ready(waker, EVENT_READ).catch((error) => say('ready ' + error.code));
      for (const Selector of [SelectSelector, PollSelector, EpollSelector]) {
        const sel = new Selector();
        sel.register(waker, EVENT_READ);
        await sel.selectAsync().catch((error) => say(error.code));
        sel.close();
      }
    }`;
  expect(await runScript(script)).toEqual(clean(`ready ENOSYS\n${'ENOSYS\n'.repeat(3)}`.repeat(2)));
});
