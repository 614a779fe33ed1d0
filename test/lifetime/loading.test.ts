/** The addon loads wherever JavaScript runs in a process, and garbage collection closes nothing. */
import { expect, it } from 'vitest';
import { runScript } from '../support/child.js';

const prelude = `
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
const say = (text) => writeSync(1, text + '\\n');
const require = createRequire(process.cwd() + '/script.js');
`;
const clean = (output: string) => ({ code: 0, signal: null, output });

it('import and require give one and the same module', async () => {
  const script = `${prelude}
    import * as imported from 'fd-selectors';
    const required = require('fd-selectors');
    say(String(required.EpollSelector === imported.EpollSelector));`;
  expect(await runScript(script)).toEqual(clean('true\n'));
});

it('a second copy of the package works beside the first', async () => {
  // The query makes it another module, which loads the addon a second time.
  const script = `${prelude}
    import { EVENT_READ } from 'fd-selectors';
    const copies = await Promise.all([1, 2].map(async (copy) => {
      await import('./dist/native.js?' + copy);
      delete require.cache[Object.keys(require.cache).find((file) => file.endsWith('.node'))];
      return import('./dist/index.js?' + copy);
    }));
    const { Waker } = await import('fd-selectors/fds');
    const waker = new Waker();
    for (const { EpollSelector } of copies) {
      const sel = new EpollSelector();
      sel.register(waker, EVENT_READ);
      setTimeout(() => waker.wake(), 10);
      say(String((await sel.selectAsync()).length));
      waker.clear();
    }`;
  expect(await runScript(script)).toEqual(clean('1\n1\n'));
});

it.each([
  ['libuv', 0],
  ['a thread', 1],
])(
  'the addon can be loaded again and again, also for vm contexts, and waits by %s',
  async (_name, byThread) => {
    const script = `${prelude}
    import vm from 'node:vm';
    const file = require('node-gyp-build').resolve('.');
    for (let i = 0; i < 20; i++) {
      const module = { exports: {} };
      const context = vm.createContext({ process, module, file });
      vm.runInContext('process.dlopen(module, file)', context);
      const { eventfd, loopOpen, loopClose, close } = module.exports;
      const fd = eventfd(0, 0);
      const watcher = loopOpen(fd, vm.runInContext('() => {}', context), ${byThread});
      if (i % 2 === 0) loopClose(watcher);
      close(fd);
    }
    say('loaded');`;
    expect(await runScript(script)).toEqual(clean('loaded\n'));
  },
);

it('the garbage collector closes no descriptor and ends no wait', async () => {
  const script = `${prelude}
    import { readdirSync } from 'node:fs';
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    import { EpollSelector, EVENT_READ, PollSelector, ready, SelectSelector } from 'fd-selectors';
    import { Waker } from 'fd-selectors/fds';
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const turn = () => new Promise(setImmediate);
    const openFds = () => readdirSync('/proc/self/fd').length;
    const waker = new Waker();
    let woken = 0;
    const forget = () => {
      for (const Selector of [SelectSelector, PollSelector, EpollSelector]) {
        new Selector().register(waker, EVENT_READ);
        const sel = new Selector();
        sel.register(waker, EVENT_READ);
        void sel.selectAsync().then(() => woken++);
      }
      void ready(waker, EVENT_READ).then(() => woken++);
    };
    for (let i = 0; i < 20; i++) forget();
    const before = openFds();
    for (let i = 0; i < 5; i++) {
      collect();
      await turn();
    }
    say(String(openFds() - before));
    waker.wake();
    while (woken < 80) await turn();
    collect();
    say('woken');`;
  expect(await runScript(script)).toEqual(clean('0\nwoken\n'));
});
