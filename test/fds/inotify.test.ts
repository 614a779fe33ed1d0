import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  getblocking,
  IN_ATTRIB,
  IN_CLOSE_WRITE,
  IN_CREATE,
  IN_DELETE,
  IN_DELETE_SELF,
  IN_IGNORED,
  IN_ISDIR,
  IN_MASK_ADD,
  IN_MASK_CREATE,
  IN_MODIFY,
  IN_MOVE,
  IN_MOVED_FROM,
  IN_MOVED_TO,
  IN_ONESHOT,
  IN_ONLYDIR,
  IN_OPEN,
  IN_Q_OVERFLOW,
  Inotify,
  type InotifyEvent,
} from 'fd-selectors/fds';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO, readable, YES } from '../support/readable.js';

const error = (name: string, code: string) => expect.objectContaining({ name, code });

let dir: string;
let inotify: Inotify;
const at = (...names: string[]): string => join(dir, ...names);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fds-inotify-'));
  inotify = new Inotify();
});
afterEach(() => {
  inotify.close();
  rmSync(dir, { recursive: true });
});

describe('Inotify', () => {
  it('tells what happens in a directory, by name and in order', () => {
    const wd = inotify.watch(dir, IN_CREATE | IN_CLOSE_WRITE | IN_DELETE);
    expect(readable(inotify, 0)).toEqual(NO);
    writeFileSync(at('a'), 'x');
    mkdirSync(at('sub'));
    unlinkSync(at('a'));
    expect(readable(inotify)).toEqual(YES);
    const event = (mask: number, name: string): InotifyEvent => ({ wd, path: dir, mask, cookie: 0, name });
    expect(inotify.read()).toEqual([
      event(IN_CREATE, 'a'),
      event(IN_CLOSE_WRITE, 'a'),
      event(IN_CREATE | IN_ISDIR, 'sub'),
      event(IN_DELETE, 'a'),
    ]);
    expect(inotify.tryRead()).toBe(null);
    expect(() => inotify.read()).toThrow(error('BlockingIOError', 'EAGAIN'));
  });

  it('tells what happens to a file, without a name', () => {
    writeFileSync(at('file'), '');
    const wd = inotify.watch(at('file'), IN_MODIFY);
    writeFileSync(at('file'), 'text');
    expect(inotify.read()).toEqual([{ wd, path: at('file'), mask: IN_MODIFY, cookie: 0, name: '' }]);
  });

  it('joins the two halves of a renaming by their cookie', () => {
    inotify.watch(dir, IN_MOVE);
    writeFileSync(at('old'), '');
    renameSync(at('old'), at('new'));
    const [from, to] = inotify.read() as [InotifyEvent, InotifyEvent];
    expect([from.mask, from.name]).toEqual([IN_MOVED_FROM, 'old']);
    expect([to.mask, to.name]).toEqual([IN_MOVED_TO, 'new']);
    expect(from.cookie).not.toBe(0);
    expect(to.cookie).toBe(from.cookie);
  });

  it('decodes names of every length, and of any alphabet', () => {
    inotify.watch(dir, IN_CREATE);
    const names = [
      'x'.repeat(255),
      'häßlich',
      '日本語',
      ...Array.from({ length: 40 }, (_, i) => 'y'.repeat(i + 1)),
    ];
    for (const name of names) writeFileSync(at(name), '');
    const seen: string[] = [];
    for (let events = inotify.tryRead(); events !== null; events = inotify.tryRead()) {
      seen.push(...events.map((event) => event.name));
    }
    expect(seen).toEqual(names);
  });

  it('hands over a long queue in parts, and loses none', () => {
    inotify.watch(dir, IN_CREATE);
    const names = Array.from({ length: 1000 }, (_, i) => `file-${i}`);
    for (const name of names) writeFileSync(at(name), '');
    const parts: InotifyEvent[][] = [];
    for (let events = inotify.tryRead(); events !== null; events = inotify.tryRead()) parts.push(events);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flat().map((event) => event.name)).toEqual(names);
  });

  it('unwatch ends with IN_IGNORED, and keeps what happened before', () => {
    const wd = inotify.watch(dir, IN_CREATE);
    writeFileSync(at('before'), '');
    inotify.unwatch(wd);
    writeFileSync(at('after'), '');
    expect(inotify.read()).toEqual([
      { wd, path: dir, mask: IN_CREATE, cookie: 0, name: 'before' },
      { wd, path: dir, mask: IN_IGNORED, cookie: 0, name: '' },
    ]);
    expect(() => inotify.unwatch(wd)).toThrow(error('OSError', 'EINVAL'));
    const again = inotify.watch(dir, IN_CREATE);
    expect(again).not.toBe(wd);
  });

  it('a watched file that is deleted ends its watch', () => {
    writeFileSync(at('file'), '');
    inotify.watch(at('file'), IN_DELETE_SELF);
    unlinkSync(at('file'));
    expect(inotify.read().map(({ mask, path }) => [mask, path])).toEqual([
      [IN_DELETE_SELF, at('file')],
      [IN_IGNORED, at('file')],
    ]);
  });

  it('IN_ONESHOT, the sign bit of a mask, reports one event', () => {
    inotify.watch(dir, IN_CREATE | IN_ONESHOT);
    writeFileSync(at('one'), '');
    writeFileSync(at('two'), '');
    expect(inotify.read().map(({ mask, name }) => [mask, name])).toEqual([
      [IN_CREATE, 'one'],
      [IN_IGNORED, ''],
    ]);
  });

  it('the same directory again is the same watch, with the mask replaced or extended', () => {
    const wd = inotify.watch(dir, IN_CREATE);
    expect(inotify.watch(`${dir}/.`, IN_DELETE)).toBe(wd);
    writeFileSync(at('a'), '');
    expect(inotify.tryRead()).toBe(null);
    expect(inotify.watch(dir, IN_OPEN | IN_MASK_ADD)).toBe(wd);
    readFileSync(at('a'));
    unlinkSync(at('a'));
    expect(inotify.read().map(({ mask }) => mask)).toEqual([IN_OPEN, IN_DELETE]);
    expect(() => inotify.watch(dir, IN_CREATE | IN_MASK_CREATE)).toThrow(error('FileExistsError', 'EEXIST'));
  });

  it('reports that the queue was full', () => {
    const most = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
    const files = [at('a'), at('b')] as const;
    for (const file of files) writeFileSync(file, '');
    inotify.watch(dir, IN_ATTRIB);
    // In turns, because equal events in a row are one.
    for (let i = 0; i <= most; i++) chmodSync(files[i % 2 === 0 ? 0 : 1], 0o600);
    let last: InotifyEvent | undefined;
    let count = 0;
    for (let events = inotify.tryRead(); events !== null; events = inotify.tryRead()) {
      count += events.length;
      last = events.at(-1);
    }
    expect(count).toBe(most + 1);
    expect(last).toEqual({ wd: -1, path: '', mask: IN_Q_OVERFLOW, cookie: 0, name: '' });
  });

  it('refuses what cannot be watched', () => {
    expect(() => inotify.watch(at('none'), IN_CREATE)).toThrow(error('FileNotFoundError', 'ENOENT'));
    expect(() => inotify.watch('', IN_CREATE)).toThrow(error('FileNotFoundError', 'ENOENT'));
    expect(() => inotify.watch(dir, 0)).toThrow(error('OSError', 'EINVAL'));
    writeFileSync(at('file'), '');
    expect(() => inotify.watch(at('file'), IN_MODIFY | IN_ONLYDIR)).toThrow(
      error('NotADirectoryError', 'ENOTDIR'),
    );
    expect(() => inotify.watch('a\0b', IN_CREATE)).toThrow(error('ValueError', 'ERR_INVALID_PATH'));
    expect(() => inotify.watch(1 as never, IN_CREATE)).toThrow(error('TypeError', 'ERR_INVALID_ARG_TYPE'));
    for (const mask of [1.5, Number.NaN, 2 ** 32, '1' as never]) {
      expect(() => inotify.watch(dir, mask)).toThrow(error('ValueError', 'ERR_INVALID_EVENTS'));
    }
    for (const wd of [-1, 0, 99, 1.5]) expect(() => inotify.unwatch(wd)).toThrow(error('OSError', 'EINVAL'));
  });

  it('blocks when asked to', () => {
    using blocking = new Inotify({ nonblocking: false });
    expect(getblocking(blocking)).toBe(true);
  });
});
