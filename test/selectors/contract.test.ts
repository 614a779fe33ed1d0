/** What every selector promises of its keys: registering, looking up, closing. */
import {
  type BaseSelector,
  type EpollSelector,
  EVENT_READ,
  EVENT_WRITE,
  KeyError,
  OSError,
  SelectorKey,
  ValueError,
} from 'fd-selectors';
import { beforeEach, describe, expect, it } from 'vitest';
import { native } from '../../src/native.js';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { openFds } from '../support/openfds.js';
import { byFd } from '../support/ready.js';
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
      const before = openFds();
      const [a] = pair();
      for (let i = 0; i < 1000; i++) {
        using one = new Class();
        one.register(a, EVENT_WRITE);
        if (one.select(0).length !== 1) throw new Error('not ready');
      }
      expect(openFds()).toBe(before + 2);
    });
  });
});
