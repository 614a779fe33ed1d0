/** sendfile: with the system call and without, as CPython's test_socket asks for it. */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipe, write } from 'fd-selectors/fds';
import { AF_INET, SOCK_DGRAM, type Socket, socket } from 'fd-selectors/socket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closing, pair } from '../support/descriptors.js';
import { tcpPair } from '../support/tcp.js';
import { tempdir } from '../support/tempdir.js';
import { thrown } from '../support/thrown.js';

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));

/** A file with content, open for reading. */
function file(content: Uint8Array = CONTENT): number {
  const dir = tempdir();
  writeFileSync(dir.join('file'), content);
  const fd = openSync(dir.join('file'), 'r');
  onTestFinished(() => {
    closeSync(fd);
    dir[Symbol.dispose]();
  });
  return fd;
}

function received(sock: Socket, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let at = 0;
  sock.settimeout(60);
  while (at < length) {
    const nbytes = sock.recvInto(buffer.subarray(at));
    if (nbytes === 0) break;
    at += nbytes;
  }
  return buffer.subarray(0, at);
}

/** Where a descriptor stands: what is read next, of what has one byte for each place. */
function nextByte(fd: number): number | undefined {
  const one = Buffer.alloc(1);
  return readSync(fd, one, 0, 1, null) === 1 ? one[0] : undefined;
}

describe('sendfile', () => {
  it('sends a whole file, and leaves it at its end', () => {
    const [client, server] = tcpPair();
    const fd = file();
    expect(client.sendfile(fd)).toBe(CONTENT.length);
    expect(received(server, CONTENT.length).equals(CONTENT)).toBe(true);
    expect(nextByte(fd)).toBeUndefined();
  });

  it('sends from an offset, and so many bytes', () => {
    const [client, server] = tcpPair();
    const fd = file();
    expect(client.sendfile(fd, 1000, 500)).toBe(500);
    expect(received(server, 500).equals(CONTENT.subarray(1000, 1500))).toBe(true);
    expect(nextByte(fd)).toBe(1500 % 251);
    expect(client.sendfile(fd, CONTENT.length - 3, 500)).toBe(3);
    expect(received(server, 3).equals(CONTENT.subarray(-3))).toBe(true);
    expect(client.sendfile(fd, CONTENT.length + 5)).toBe(0);
  });

  it('takes a FileHandle, and an empty file', async () => {
    const [client, server] = tcpPair();
    await using handle = await open(new URL('../../package.json', import.meta.url));
    expect(client.sendfile(handle, 0, 20)).toBe(20);
    expect(received(server, 20).toString()).toContain('"name"');
    expect(client.sendfile(file(Buffer.alloc(0)))).toBe(0);
  });

  it('reads and sends what the system call does not take', () => {
    const [client, server] = tcpPair();
    const chunks = [Buffer.from('one '), Buffer.from('two'), Buffer.alloc(0)];
    const asked: number[] = [];
    const readable = {
      read(size: number) {
        asked.push(size);
        return chunks.shift() ?? null;
      },
    };
    expect(client.sendfile(readable)).toBe(7);
    expect(received(server, 7).toString()).toBe('one two');
    expect(asked).toEqual([8192, 8192, 8192]);
  });

  it('falls back for a file that sendfile(2) refuses', () => {
    const [client, server] = tcpPair();
    // A file of /proc has a size only while it is read: CPython sends nothing of it, either.
    const proc = openSync('/proc/self/stat', 'r');
    expect(client.sendfile(proc)).toBe(0);
    closeSync(proc);
    const [reader, writer] = pipe();
    write(writer, Buffer.from('piped'));
    expect(client.sendfile(reader.fileno())).toBe(0);
    reader.close();
    writer.close();
    client.sendall(Buffer.from('.'));
    expect(server.recv(10).toString()).toBe('.');
  });

  it('has its timeout for each wait, and throws when a peer reads nothing', () => {
    const [a] = pair();
    const fd = file(Buffer.alloc(4 << 20));
    a.settimeout(0.05);
    const start = performance.now();
    expect(thrown(() => a.sendfile(fd))).toBe('TimeoutError ETIMEDOUT');
    expect(performance.now() - start).toBeGreaterThanOrEqual(50);
  });

  it('says that the peer has gone', () => {
    const [a, b] = pair();
    b.close();
    expect(thrown(() => a.sendfile(file()))).toBe('BrokenPipeError EPIPE');
  });

  it('refuses what CPython refuses', () => {
    const [client] = tcpPair();
    const fd = file();
    const call = (...args: unknown[]) =>
      thrown(() => (client.sendfile as (...all: unknown[]) => void)(...args));
    for (const count of [0, -1, 0.5, Number.NaN])
      expect(call(fd, 0, count)).toBe('ValueError ERR_OUT_OF_RANGE');
    for (const count of ['1', {}]) expect(call(fd, 0, count)).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call(fd, -1)).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(call(fd, '1')).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call('file')).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call(null)).toBe('TypeError ERR_INVALID_ARG_TYPE');
    client.setblocking(false);
    expect(call(fd)).toBe('ValueError ERR_INVALID_SOCKET_TYPE');
    const datagrams = closing(socket(AF_INET, SOCK_DGRAM));
    expect(thrown(() => datagrams.sendfile(fd))).toBe('ValueError ERR_INVALID_SOCKET_TYPE');
  });
});
