/** What every selector promises of select(). */
import { type BaseSelector, EVENT_PRIORITY, EVENT_READ, EVENT_WRITE } from 'fd-selectors';
import { MSG_OOB } from 'fd-selectors/socket';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../src/native.js';
import { closing, codeOf, pair } from '../support/descriptors.js';
import { byFd } from '../support/ready.js';
import { tcpPair } from '../support/tcp.js';
import { classes } from './classes.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each(classes)('%s', (_name, Class) => {
  let sel: BaseSelector;
  beforeEach(() => {
    sel = closing(new Class());
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
});
