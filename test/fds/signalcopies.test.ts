/** Two copies of the package in one process: their signal handlers know each other. */
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, runScript } from '../support/child.js';
import { tempdir } from '../support/tempdir.js';

const dir = tempdir();
const files = ['first.node', 'second.node'].map(dir.join);
beforeAll(() => {
  const addon = createRequire(join(root, 'script.js'))('node-gyp-build').resolve(root) as string;
  for (const file of files) copyFileSync(addon, file);
});
afterAll(() => dir[Symbol.dispose]());

/** What each script begins with: `copies` are two addons from two files, `watch` subscribes to a signal with one. */
const prelude = `
    import { once } from 'node:events';
    import { writeSync } from 'node:fs';
    import { createRequire } from 'node:module';
    const require = createRequire(process.cwd() + '/script.js');
    const say = (text) => writeSync(1, text + '\\n');
    const copies = ${JSON.stringify(files)}.map((file) => require(file));
    const check = (result) => { if (result < 0) throw new Error('errno ' + -result); return result; };
    const watch = (copy, signo) => {
      const subscription = check(copy.signalOpen(new Int32Array(1)));
      check(copy.signalWatch(subscription, signo));
      const counts = new Int32Array(copy.constants.NSIG);
      return {
        take: () => (check(copy.signalTake(subscription, counts)), counts[signo]),
        watch: () => check(copy.signalWatch(subscription, signo)),
        close: () => check(copy.signalClose(subscription)),
      };
    };
    const kill = (signo) => process.kill(process.pid, signo);
    const [SIGHUP, SIGPIPE, SIGUSR2, SIGTERM] = [1, 13, 12, 15];
`;

const ORDERS = { 'first opened, first closed': '', 'first opened, last closed': '.reverse()' };

describe('a second copy of the package', () => {
  it('does not keep signals from the first', async () => {
    const script = `${prelude}
      const watched = copies.map((copy) => watch(copy, SIGUSR2));
      const again = watch(copies[0], SIGUSR2);
      for (let i = 0; i < 3; i++) kill(SIGUSR2);
      say(watched.map((one) => one.take()).join() + ',' + again.take());
      watched[1].close();
      kill(SIGUSR2);
      say(watched[0].take() + ',' + again.take());
      again.close();
      const last = watch(copies[1], SIGUSR2);
      watched[0].close();
      kill(SIGUSR2);
      say(String(last.take()));`;
    expect(await runScript(script)).toEqual({ code: 0, signal: null, output: '3,3,3\n1,1\n1\n' });
  });

  it.each(Object.entries(ORDERS))("lets SIGTERM kill, whose handler is Node's own: %s", async (_, order) => {
    const script = `${prelude}
      const both = [SIGHUP, SIGTERM].flatMap((signo) => copies.map((copy) => watch(copy, signo)));
      kill(SIGTERM);
      for (const one of both${order}) one.close();
      say('closed');
      kill(SIGTERM);
      setInterval(() => {}, 1000);`;
    expect(await runScript(script)).toEqual({ code: null, signal: 'SIGTERM', output: 'closed\n' });
  });

  it.each(Object.entries(ORDERS))('lets a signal that Node does not handle kill: %s', async (_, order) => {
    const script = `${prelude}
      const both = copies.map((copy) => watch(copy, SIGHUP));
      kill(SIGHUP);
      for (const one of both${order}) one.close();
      say('closed');
      kill(SIGHUP);
      setInterval(() => {}, 1000);`;
    expect(await runScript(script)).toEqual({ code: null, signal: 'SIGHUP', output: 'closed\n' });
  });

  it.each(Object.entries(ORDERS))("gives a signal back to Node's listeners: %s", async (_, order) => {
    const script = `${prelude}
      let heard = 0;
      const alive = setInterval(() => {}, 1000);
      process.on('SIGUSR2', () => heard++);
      const both = copies.map((copy) => watch(copy, SIGUSR2));
      kill(SIGUSR2);
      for (const one of both${order}) one.close();
      const event = once(process, 'SIGUSR2');
      kill(SIGUSR2);
      await event;
      say(String(heard));
      clearInterval(alive);`;
    expect(await runScript(script)).toEqual({ code: 0, signal: null, output: '1\n' });
  });

  it.each(Object.entries(ORDERS))('leaves an ignored signal ignored: %s', async (_, order) => {
    const script = `${prelude}
      const both = copies.map((copy) => watch(copy, SIGPIPE));
      for (const one of both${order}) one.close();
      kill(SIGPIPE);
      say('ignored');`;
    expect(await runScript(script)).toEqual({ code: 0, signal: null, output: 'ignored\n' });
  });

  it('does not hear twice after it watched again', async () => {
    const script = `${prelude}
      const watched = copies.map((copy) => watch(copy, SIGUSR2));
      const more = [...copies, ...copies].map((copy) => watch(copy, SIGUSR2));
      for (const one of watched) one.watch();
      kill(SIGUSR2);
      say([...watched, ...more].map((one) => one.take()).join());
      for (const one of [...more, ...watched]) one.close();
      say('closed');
      kill(SIGUSR2);
      setInterval(() => {}, 1000);`;
    const output = '1,1,1,1,1,1\nclosed\n';
    expect(await runScript(script)).toEqual({ code: null, signal: 'SIGUSR2', output });
  });

  it('hears again once it takes its signal back from a listener of Node', async () => {
    const script = `${prelude}
      const watched = copies.map((copy) => watch(copy, SIGUSR2));
      process.on('SIGUSR2', () => {});
      const back = watch(copies[0], SIGUSR2);
      const other = watch(copies[1], SIGUSR2);
      kill(SIGUSR2);
      say([...watched, back, other].map((one) => one.take()).join());
      process.removeAllListeners('SIGUSR2');`;
    expect(await runScript(script)).toEqual({ code: 0, signal: null, output: '1,1,1,1\n' });
  });
});
