import {
  type BaseSelector,
  type EpollSelector,
  EVENT_PRIORITY,
  EVENT_READ,
  EVENT_WRITE,
  KeyError,
  OSError,
  SelectorKey,
  ValueError,
} from 'fd-selectors';
import { MSG_OOB } from 'fd-selectors/socket';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../src/native.js';
import { closing, codeOf, openDescriptors, pair } from '../support/descriptors.js';
import { byFd } from '../support/ready.js';
import { tcpPair } from '../support/tcp.js';
import { classes } from './classes.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each(classes)('%s', (_name, Class) => {
  let sel: BaseSelector;
  beforeEach(() => {
    sel = closing(new Class());
  });

  describe('register', () => {
    it('returns an immutable key with object, descriptor, events and data', () => {
      const [a] = pair();
      const key = sel.register(a, EVENT_READ, 'data');
      expect(key).toBeInstanceOf(SelectorKey);
      expect({ ...key }).toEqual({ fileobj: a, fd: a.fileno(), events: EVENT_READ, data: 'data' });
      expect(() => Object.assign(key, { events: EVENT_WRITE })).toThrow(TypeError);
    });

    it('takes a number, an object with fileno() and an object with fd', () => {
      const [a, b] = pair();
      const [c] = pair();
      expect(sel.register(a.fileno(), EVENT_READ).fileobj).toBe(a.fileno());
      expect(sel.register({ fileno: () => b.fileno() }, EVENT_READ).fd).toBe(b.fileno());
      expect(sel.register({ fd: c.fileno() }, EVENT_READ).fd).toBe(c.fileno());
    });

    it.each([
      ['zero', 0],
      ['unknown bits', 999_999],
      ['negative', -1],
      ['NaN', Number.NaN],
      ['a fraction', 1.5],
      ['a string', '1' as unknown as number, 'ERR_INVALID_ARG_TYPE'],
      ['nothing', undefined as unknown as number, 'ERR_INVALID_ARG_TYPE'],
    ])('refuses events that are %s', (_what, events, code = 'ERR_INVALID_EVENTS') => {
      const [a] = pair();
      expect(codeOf(() => sel.register(a, events))).toBe(code);
      expect(sel.getMap().size).toBe(0);
      sel.register(a, EVENT_WRITE);
      expect(byFd(sel.select(0))).toEqual([[a.fileno(), EVENT_WRITE]]);
    });

    it.each([
      ['a negative number', -1],
      ['NaN', Number.NaN],
      ['a fraction', 0.5],
      ['too large a number', 2 ** 31],
      ['a string', 'stdin' as unknown as number],
      ['null', null as unknown as number],
      ['an object without descriptor', {} as unknown as number],
      ['an object whose descriptor is no number', { fileno: () => 'x' } as unknown as number],
      ['a closed object', { fileno: () => -1 }],
    ])('refuses %s as a file object', (_what, fileobj) => {
      expect(() => sel.register(fileobj, EVENT_READ)).toThrow(ValueError);
      expect(codeOf(() => sel.register(fileobj, EVENT_READ))).toBe('ERR_INVALID_FD');
      expect(sel.select(0)).toEqual([]);
    });

    it('passes on what fileno() throws', () => {
      const failing = {
        fileno(): number {
          throw new OSError(5, 'fileno');
        },
      };
      expect(codeOf(() => sel.register(failing, EVENT_READ))).toBe('EIO');
    });

    it('passes on what fileno() throws for a registered object, too, as Python does', () => {
      const [a] = pair();
      const object = { fileno: () => a.fileno() };
      sel.register(object, EVENT_READ);
      object.fileno = () => {
        throw new OSError(5, 'fileno');
      };
      expect(codeOf(() => sel.unregister(object))).toBe('EIO');
      expect(codeOf(() => sel.getMap().has(object))).toBe('EIO');
      expect(sel.unregister(a.fileno()).fileobj).toBe(object);
    });

    it('refuses a descriptor twice, also through another object', () => {
      const [a] = pair();
      const key = sel.register(a, EVENT_READ);
      expect(() => sel.register(a, EVENT_READ)).toThrow(KeyError);
      expect(codeOf(() => sel.register(a.fileno(), EVENT_WRITE))).toBe('ERR_ALREADY_REGISTERED');
      expect(sel.getKey(a)).toBe(key);
    });

    it('keeps a key whose descriptor was closed and reused, until it is unregistered', () => {
      const [a, b] = pair();
      const [c] = pair();
      const fd = a.fileno();
      sel.register(fd, EVENT_READ);
      native.dup2(c.fileno(), fd);
      expect(codeOf(() => sel.register(fd, EVENT_READ))).toBe('ERR_ALREADY_REGISTERED');
      sel.unregister(fd);
      sel.register(fd, EVENT_WRITE);
      expect(byFd(sel.select(0))).toEqual([[fd, EVENT_WRITE]]);
      b.close();
    });
  });

  describe('unregister', () => {
    it('returns the key and ends the reports', () => {
      const [a] = pair();
      const key = sel.register(a, EVENT_WRITE);
      expect(sel.unregister(a)).toBe(key);
      expect(sel.select(0)).toEqual([]);
      expect(codeOf(() => sel.unregister(a))).toBe('ERR_NOT_REGISTERED');
    });

    it('takes the number of what was registered as an object', () => {
      const [a] = pair();
      sel.register(a, EVENT_WRITE);
      expect(sel.unregister(a.fileno()).fileobj).toBe(a);
    });

    it('works after the descriptor was closed', () => {
      const [a, b] = pair();
      sel.register(a.fileno(), EVENT_READ);
      sel.register(b, EVENT_READ);
      const fd = a.fileno();
      a.close();
      sel.unregister(fd);
      b.close();
      sel.unregister(b);
      expect(sel.getMap().size).toBe(0);
      expect(sel.select(0)).toEqual([]);
    });

    it('works for a closed object that throws when asked for its descriptor', () => {
      const [a] = pair();
      let closed = false;
      const object = {
        fileno(): number {
          if (closed) throw new Error('closed');
          return a.fileno();
        },
      };
      sel.register(object, EVENT_READ);
      closed = true;
      expect(sel.unregister(object).fd).toBe(a.fileno());
    });

    it('refuses the unknown and the invalid', () => {
      const [a] = pair();
      expect(() => sel.unregister(a)).toThrow(KeyError);
      expect(codeOf(() => sel.unregister(-1))).toBe('ERR_INVALID_FD');
    });
  });

  describe('modify', () => {
    it('changes events and data, and returns a new key', () => {
      const [a] = pair();
      const before = sel.register(a, EVENT_READ, 'before');
      const after = sel.modify(a, EVENT_WRITE, 'after');
      expect(after).not.toBe(before);
      expect(before).toMatchObject({ events: EVENT_READ, data: 'before' });
      expect(after).toMatchObject({ fileobj: a, events: EVENT_WRITE, data: 'after' });
      expect(sel.select(0)).toEqual([[after, EVENT_WRITE]]);
    });

    it('clears data that is left out', () => {
      const [a] = pair();
      sel.register(a, EVENT_READ, 'data');
      expect(sel.modify(a, EVENT_READ).data).toBeUndefined();
    });

    it('returns the same key when nothing changes', () => {
      const [a] = pair();
      const key = sel.register(a, EVENT_READ, 'data');
      expect(sel.modify(a, EVENT_READ, 'data')).toBe(key);
    });

    it('makes no system call for data alone', () => {
      const [a] = pair();
      const fd = a.fileno();
      sel.register(fd, EVENT_READ);
      a.close();
      expect(sel.modify(fd, EVENT_READ, 'data').data).toBe('data');
    });

    it('keeps the object that was registered', () => {
      const [a] = pair();
      sel.register(a, EVENT_READ);
      expect(sel.modify(a.fileno(), EVENT_WRITE).fileobj).toBe(a);
    });

    it('refuses invalid events and leaves the registration as it was', () => {
      const [a] = pair();
      const key = sel.register(a, EVENT_WRITE, 'data');
      expect(codeOf(() => sel.modify(a, 0))).toBe('ERR_INVALID_EVENTS');
      expect(codeOf(() => sel.modify(a, 8))).toBe('ERR_INVALID_EVENTS');
      expect(sel.getKey(a)).toBe(key);
      expect(sel.select(0)).toEqual([[key, EVENT_WRITE]]);
    });

    it('refuses the unknown', () => {
      const [a] = pair();
      expect(codeOf(() => sel.modify(a, EVENT_READ))).toBe('ERR_NOT_REGISTERED');
    });
  });

  describe('getKey and getMap', () => {
    it('find by object and by descriptor', () => {
      const [a, b] = pair();
      const key = sel.register(a, EVENT_READ);
      expect(sel.getKey(a)).toBe(key);
      expect(sel.getKey(a.fileno())).toBe(key);
      expect(codeOf(() => sel.getKey(b))).toBe('ERR_NOT_REGISTERED');
      const map = sel.getMap();
      expect(map.get(a)).toBe(key);
      expect(map.get(a.fileno())).toBe(key);
      expect([map.has(a), map.has(b)]).toEqual([true, false]);
      expect(map.get(b)).toBeUndefined();
      expect(codeOf(() => map.has({} as never))).toBe('ERR_INVALID_FD');
    });

    it('is live, and walks in the order of registration', () => {
      const map = sel.getMap();
      const sockets = [...pair(), ...pair()].reverse();
      for (const socket of sockets) sel.register(socket, EVENT_READ);
      sel.modify(sockets[0] as never, EVENT_WRITE);
      const fds = sockets.map((socket) => socket.fileno());
      expect(map.size).toBe(4);
      expect([...map.keys()]).toEqual(fds);
      expect([...map].map(([fd, key]) => [fd, key.fileobj])).toEqual(fds.map((fd, i) => [fd, sockets[i]]));
      expect([...map.values()].map((key) => key.fd)).toEqual(fds);
      const seen: number[] = [];
      map.forEach((key, fd, self) => {
        expect(self).toBe(map);
        expect(key.fd).toBe(fd);
        seen.push(fd);
        sel.unregister(fd);
      });
      expect(seen).toEqual(fds);
      expect(map.size).toBe(0);
    });
  });

  describe('select', () => {
    it('reports one pair for each ready descriptor, with the ready events only', () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ | EVENT_WRITE);
      sel.register(b, EVENT_READ | EVENT_WRITE);
      expect(byFd(sel.select())).toEqual(
        byFd([
          [sel.getKey(a), EVENT_WRITE],
          [sel.getKey(b), EVENT_WRITE],
        ]),
      );
      a.send(bytes('x'));
      expect(sel.select().find(([key]) => key.fileobj === b)?.[1]).toBe(EVENT_READ | EVENT_WRITE);
    });

    it('returns a new array of new pairs each time', () => {
      const [a] = pair();
      sel.register(a, EVENT_WRITE);
      const first = sel.select(0);
      const second = sel.select(0);
      expect(first).toEqual(second);
      expect(first).not.toBe(second);
      expect(first[0]).not.toBe(second[0]);
    });

    it.each([0, -1, Number.NEGATIVE_INFINITY])('does not wait with timeout %d', (timeout) => {
      const [a] = pair();
      sel.register(a, EVENT_READ);
      expect(sel.select(timeout)).toEqual([]);
    });

    it.each([0.000_3, 0.010_000_1, 0.05])('never returns before %d s', (timeout) => {
      const [a] = pair();
      sel.register(a, EVENT_READ);
      const start = process.hrtime.bigint();
      expect(sel.select(timeout)).toEqual([]);
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeGreaterThanOrEqual(timeout);
    });

    it('honours its timeout with nothing registered', () => {
      const start = process.hrtime.bigint();
      expect(sel.select(0.02)).toEqual([]);
      expect(Number(process.hrtime.bigint() - start) / 1e9).toBeGreaterThanOrEqual(0.02);
    });

    it('takes a huge timeout without overflow', () => {
      const [a] = pair();
      sel.register(a, EVENT_WRITE);
      expect(sel.select(Number.MAX_VALUE)).toHaveLength(1);
      expect(sel.select(2 ** 31)).toHaveLength(1);
    });

    it.each([
      ['NaN', Number.NaN, 'ERR_INVALID_TIMEOUT'],
      ['Infinity', Number.POSITIVE_INFINITY, 'ERR_INVALID_TIMEOUT'],
      ['a string', '1', 'ERR_INVALID_ARG_TYPE'],
      ['a string below zero', '-1', 'ERR_INVALID_ARG_TYPE'],
      ['a bigint', 1n, 'ERR_INVALID_ARG_TYPE'],
      ['false', false, 'ERR_INVALID_ARG_TYPE'],
    ])('refuses %s as a timeout', (_what, timeout, code) => {
      expect(codeOf(() => sel.select(timeout as number))).toBe(code);
      const [a] = pair();
      sel.register(a, EVENT_WRITE);
      expect(sel.select(null)).toHaveLength(1);
    });

    it('reports the end of the file and a hang-up as what was registered', () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      b.close();
      expect(byFd(sel.select(1))).toEqual([[a.fileno(), EVENT_READ]]);
      sel.modify(a, EVENT_READ | EVENT_WRITE);
      expect(byFd(sel.select(1))).toEqual([[a.fileno(), EVENT_READ | EVENT_WRITE]]);
    });

    it('reports out-of-band data as EVENT_PRIORITY and not as EVENT_READ', () => {
      const [client, server] = tcpPair();
      sel.register(server, EVENT_READ);
      client.send(bytes('!'), MSG_OOB);
      expect(sel.select(0.02)).toEqual([]);
      sel.modify(server, EVENT_READ | EVENT_PRIORITY);
      expect(byFd(sel.select(60))).toEqual([[server.fileno(), EVENT_PRIORITY]]);
      expect(server.recv(1, MSG_OOB).toString()).toBe('!');
    });

    it('passes a message round twelve pairs', () => {
      const pairs = Array.from({ length: 12 }, pair);
      for (const [reader, writer] of pairs) {
        sel.register(reader, EVENT_READ, 'reader');
        sel.register(writer, EVENT_WRITE, writer);
      }
      expect(sel.select().map(([key]) => key.fileobj)).toHaveLength(12);
      let left = 12;
      while (left > 0) {
        const writable = sel.select().find(([, events]) => events === EVENT_WRITE);
        const writer = writable?.[0].fileobj;
        writer.send(bytes('This is a test.'));
        sel.unregister(writer);
        const readable = sel.select().find(([, events]) => events === EVENT_READ);
        const reader = readable?.[0].fileobj;
        expect(reader.recv(100).toString()).toBe('This is a test.');
        sel.unregister(reader);
        left--;
      }
      expect(sel.getMap().size).toBe(0);
    });

    it('reports all of many ready descriptors in one call', () => {
      const sockets = Array.from({ length: 200 }, pair).flat();
      for (const socket of sockets) sel.register(socket, EVENT_WRITE);
      const all = sockets.map((socket): [number, number] => [socket.fileno(), EVENT_WRITE]);
      expect(byFd(sel.select(0))).toEqual(all.sort(([a], [b]) => a - b));
    });

    it('still finds the others after many registrations came and went', () => {
      const sockets = Array.from({ length: 40 }, pair).flat();
      for (const socket of sockets) sel.register(socket, EVENT_WRITE);
      for (const socket of sockets.filter((_, i) => i % 3 !== 0)) sel.unregister(socket);
      const kept = sockets.filter((_, i) => i % 3 === 0);
      expect(byFd(sel.select(0)).map(([fd]) => fd)).toEqual(
        kept.map((s) => s.fileno()).sort((a, b) => a - b),
      );
      for (const socket of sockets.filter((_, i) => i % 3 === 1)) sel.register(socket, EVENT_WRITE);
      expect(sel.select(0)).toHaveLength(sockets.filter((_, i) => i % 3 !== 2).length);
    });

    it('takes a sparse set of descriptors', () => {
      const [a] = pair();
      expect(native.dup2(a.fileno(), 1000)).toBe(1000);
      onTestFinished(() => void native.close(1000));
      sel.register(1000, EVENT_WRITE);
      expect(byFd(sel.select(0))).toEqual([[1000, EVENT_WRITE]]);
    });
  });

  describe('close', () => {
    it('can be called twice and leaves registered descriptors open', () => {
      const [a, b] = pair();
      sel.register(a, EVENT_READ);
      sel.close();
      sel.close();
      expect(a.send(bytes('x'))).toBe(1);
      expect(b.recv(1).toString()).toBe('x');
    });

    it('makes every other call throw ERR_SELECTOR_CLOSED', () => {
      const [a] = pair();
      sel.register(a, EVENT_READ);
      sel.close();
      const calls: (() => unknown)[] = [
        () => sel.register(a, EVENT_READ),
        () => sel.unregister(a),
        () => sel.modify(a, EVENT_READ),
        () => sel.select(0),
        () => sel.getKey(a),
        () => sel.getMap(),
        () => 'fileno' in sel && (sel as EpollSelector).fileno(),
      ].slice(0, 'fileno' in sel ? 7 : 6);
      for (const call of calls) expect(codeOf(call)).toBe('ERR_SELECTOR_CLOSED');
    });

    it('empties a map kept from before', () => {
      const [a] = pair();
      sel.register(a, EVENT_READ);
      const map = sel.getMap();
      sel.close();
      expect([map.size, map.get(a), [...map]]).toEqual([0, undefined, []]);
    });

    it('gives every descriptor back, 1,000 times', () => {
      const before = openDescriptors();
      const [a] = pair();
      for (let i = 0; i < 1000; i++) {
        using one = new Class();
        one.register(a, EVENT_WRITE);
        if (one.select(0).length !== 1) throw new Error('not ready');
      }
      expect(openDescriptors()).toBe(before + 2);
    });
  });
});
