import { once } from 'node:events';
import { pipe, signals } from 'fd-selectors/fds';
import { select } from 'fd-selectors/select';
import { describe, expect, it } from 'vitest';
import { NO, readable, YES } from '../support/readable.js';

const error = (name: string, code: string) => expect.objectContaining({ name, code });
const kill = (signal: string | number): true => process.kill(process.pid, signal as NodeJS.Signals);

describe('signals', () => {
  it('is readable when a signal has arrived, until it is read', () => {
    using arrivals = signals(['SIGUSR2', 'SIGHUP']);
    expect(readable(arrivals, 0)).toEqual(NO);
    expect(arrivals.read()).toEqual([]);
    kill('SIGUSR2');
    expect(readable(arrivals)).toEqual(YES);
    expect(arrivals.read()).toEqual([['SIGUSR2', 1]]);
    expect(arrivals.read()).toEqual([]);
    expect(readable(arrivals, 0)).toEqual(NO);
  });

  it('tells the signals in the order of their numbers', () => {
    using arrivals = signals(['SIGTERM', 'SIGHUP', 'SIGINT']);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) kill(signal);
    expect(arrivals.read()).toEqual([
      ['SIGHUP', 1],
      ['SIGINT', 1],
      ['SIGTERM', 1],
    ]);
  });

  it('counts real-time signals, each of which arrives', () => {
    using arrivals = signals([40, 64]);
    for (let i = 0; i < 1000; i++) kill(40);
    kill(64);
    expect(arrivals.read()).toEqual([
      ['SIG40', 1000],
      ['SIG64', 1],
    ]);
  });

  it('gives the name that was asked for, and takes one signal twice', () => {
    using arrivals = signals(['SIGPOLL', 10, 'SIGUSR1', 'SIGPOLL']);
    kill('SIGIO');
    kill('SIGUSR1');
    expect(arrivals.read()).toEqual([
      ['SIGUSR1', 1],
      ['SIGPOLL', 1],
    ]);
  });

  it('gives a signal to every object that watches it', () => {
    const all = Array.from({ length: 10 }, () => signals(['SIGUSR2']));
    using other = signals(['SIGHUP']);
    kill('SIGUSR2');
    all.pop()?.close();
    for (const arrivals of all) expect(arrivals.read()).toEqual([['SIGUSR2', 1]]);
    expect(other.read()).toEqual([]);
    all.shift()?.close();
    kill('SIGUSR2');
    for (const arrivals of all) {
      expect(arrivals.read()).toEqual([['SIGUSR2', 1]]);
      arrivals.close();
    }
  });

  it('begins with nothing, also where an earlier object left signals unread', () => {
    const unread = signals(['SIGUSR2']);
    kill('SIGUSR2');
    unread.close();
    using fresh = signals(['SIGUSR2']);
    expect(readable(fresh, 0)).toEqual(NO);
    expect(fresh.read()).toEqual([]);
  });

  it('ends no wait that has something else to tell', () => {
    using arrivals = signals(['SIGUSR2']);
    const [reader, writer] = pipe();
    writer.write(Buffer.from('x'));
    kill('SIGUSR2');
    expect(select([reader, arrivals], [], [], 60)[0]).toEqual([reader, arrivals]);
    reader.close();
    writer.close();
  });

  it('silences the listeners of Node until it closes', async () => {
    let heard = 0;
    const listener = () => heard++;
    process.on('SIGUSR2', listener);
    const arrivals = signals(['SIGUSR2']);
    kill('SIGUSR2');
    expect(arrivals.read()).toEqual([['SIGUSR2', 1]]);
    arrivals.close();
    const event = once(process, 'SIGUSR2');
    kill('SIGUSR2');
    await event;
    expect(heard).toBe(1);
    process.off('SIGUSR2', listener);
  });

  it('loses its signal to a listener added later, and leaves that alone when it closes', async () => {
    const arrivals = signals(['SIGUSR2']);
    let event = once(process, 'SIGUSR2');
    kill('SIGUSR2');
    await event;
    expect(arrivals.read()).toEqual([]);
    event = once(process, 'SIGUSR2');
    arrivals.close();
    kill('SIGUSR2');
    await event;
  });

  it('has its signal back from such a listener when opened again', () => {
    using first = signals(['SIGUSR2']);
    const listener = () => {};
    process.on('SIGUSR2', listener);
    using second = signals(['SIGUSR2']);
    kill('SIGUSR2');
    expect(first.read()).toEqual([['SIGUSR2', 1]]);
    expect(second.read()).toEqual([['SIGUSR2', 1]]);
    process.off('SIGUSR2', listener);
  });

  it('refuses what cannot be caught', () => {
    for (const signal of ['SIGKILL', 'SIGSTOP', 32]) {
      expect(() => signals(['SIGUSR2', signal])).toThrow(error('OSError', 'EINVAL'));
    }
    for (const signal of ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 11, 'SIGNONE', 'sigint', 0, -1, 65, 1.5]) {
      expect(() => signals([signal])).toThrow(error('ValueError', 'ERR_INVALID_SIGNAL'));
    }
    for (const list of [null, undefined, 'SIGINT', 2, {}, [null], [{}]]) {
      expect(() => signals(list as never)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
    }
  });

  it('ends at 256 objects in a process', () => {
    const all = Array.from({ length: 256 }, () => signals(['SIGUSR2']));
    expect(() => signals(['SIGUSR2'])).toThrow(error('OSError', 'ENFILE'));
    kill('SIGUSR2');
    for (const arrivals of all) {
      expect(arrivals.read()).toEqual([['SIGUSR2', 1]]);
      arrivals.close();
    }
    signals(['SIGUSR2']).close();
  });
});
