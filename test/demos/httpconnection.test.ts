import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { visit } from './fixture.js';
import { ask, askRaw, receive, request } from './httpclient.js';
import { LARGE, LETTERS, serve } from './httpserver.js';

describe('the connections of http', () => {
  it('keeps a connection or not, as the client says', async () => {
    const { server } = await serve('--quiet');
    for (const [line, field, connection] of [
      ['GET /letters.txt HTTP/1.1', 'X: y', undefined],
      ['GET /letters.txt HTTP/1.1', 'Connection: Close', 'close'],
      ['GET /letters.txt HTTP/1.0', 'X: y', 'close'],
      ['GET /letters.txt HTTP/1.0', 'Connection: keep-alive', 'keep-alive'],
    ] as const) {
      const visitor = await visit(server);
      visitor.send(request(line, field));
      const { headers, body } = await receive(visitor);
      expect(body.toString()).toBe(LETTERS);
      expect(headers.get('connection')).toBe(connection);
      if (connection === 'close') expect(await visitor.rest()).toHaveLength(0);
      else {
        visitor.send(request(line, field));
        expect((await receive(visitor)).status).toBe(200);
      }
    }
    const old = await visit(server);
    old.send('GET /letters.txt HTTP/1.0\r\n\r\n');
    expect((await receive(old)).body.toString()).toBe(LETTERS);
  });

  it('answers a client that has half closed', async () => {
    const { server } = await serve('--quiet');
    const visitor = await visit(server);
    visitor.socket.end(request('GET /letters.txt HTTP/1.1') + request('GET /large.bin HTTP/1.1'));
    expect((await receive(visitor)).body.toString()).toBe(LETTERS);
    expect((await receive(visitor)).body.equals(LARGE)).toBe(true);
    expect(await visitor.rest()).toHaveLength(0);
  });

  it('answers what arrives byte by byte', async () => {
    const { server } = await serve('--quiet');
    const visitor = await visit(server);
    const bytes = request('GET /letters.txt HTTP/1.1', 'X-Some: thing') + request('GET / HTTP/1.1');
    for (const byte of Buffer.from(bytes)) {
      await new Promise((resolve) => visitor.socket.write(Buffer.of(byte), resolve));
    }
    expect((await receive(visitor)).body.toString()).toBe(LETTERS);
    expect((await receive(visitor)).body.toString()).toBe('<h1>index</h1>');
  });

  it('answers pipelines in order, on many connections, and mixes up nothing', async () => {
    const { server, root } = await serve('--quiet');
    const contents = Array.from({ length: 20 }, (_, i) => randomBytes(1 + ((i * 7919) % 40_000)));
    for (const [i, data] of contents.entries()) writeFileSync(`${root}/file${i}`, data);
    const clients = contents.map(async (_, client) => {
      const visitor = await visit(server);
      const numbers = Array.from({ length: 40 }, (_, i) => (client * 3 + i * 7) % contents.length);
      // Large ones and missing ones between, which have to wait for the disk.
      const lines = numbers.flatMap((number) => [
        `GET /file${number} HTTP/1.1`,
        `GET /none${client}-${number} HTTP/1.1`,
      ]);
      visitor.send([...lines, 'GET /large.bin HTTP/1.1'].map((line) => request(line)).join(''));
      for (const number of numbers) {
        expect((await receive(visitor)).body.equals(contents[number] as Buffer)).toBe(true);
        expect((await receive(visitor)).status).toBe(404);
      }
      expect((await receive(visitor)).body.equals(LARGE)).toBe(true);
    });
    await Promise.all(clients);
  });

  it('answers what came before a request that it refuses', async () => {
    const { server } = await serve('--quiet');
    const visitor = await visit(server);
    visitor.send(`${request('GET /letters.txt HTTP/1.1')}nonsense\r\n\r\n${request('GET / HTTP/1.1')}`);
    expect((await receive(visitor)).status).toBe(200);
    expect((await receive(visitor)).status).toBe(400);
    expect(await visitor.rest()).toHaveLength(0);
  });

  it('refuses what could be read in two ways, is too large, or leads out', async () => {
    const { server } = await serve('--quiet');
    for (const [what, bytes, status] of [
      ['two blanks', 'GET  / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['no version', 'GET /\r\n\r\n', 400],
      ['no target', 'GET HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['a method that is not a word', 'GE(T / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['bytes that are not of ASCII', 'GET /\xe9 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['a version with two digits', 'GET / HTTP/1.10\r\nHost: x\r\n\r\n', 400],
      ['a version in lower case', 'GET / http/1.1\r\nHost: x\r\n\r\n', 400],
      ['a target that is not a path', 'GET letters.txt HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
      ['two hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n', 400],
      ['a host with blanks', 'GET / HTTP/1.1\r\nHost: x y\r\n\r\n', 400],
      ['a blank before the colon', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n', 400],
      ['a folded line', 'GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n', 400],
      ['a line that is not a field', 'GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n', 400],
      ['a field without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', 400],
      ['NUL in a field', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n', 400],
      ['a lone carriage return', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\rY: b\r\n\r\n', 400],
      ['lines without carriage return', 'GET / HTTP/1.1\nHost: x\n\n', 400],
      ['one line without carriage return', 'GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n', 400],
      [
        'both lengths',
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
      ],
      [
        'both lengths, turned',
        'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
        400,
      ],
      [
        'an odd coding and a length',
        'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n',
        400,
      ],
      [
        'two codings',
        'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: a\r\nTransfer-Encoding: chunked\r\n\r\n',
        400,
      ],
      ['a coding in HTTP/1.0', 'POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
      ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 400],
      ['a list of lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\n', 400],
      ['a negative length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
      ['a length with a sign', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n', 400],
      ['a length in hexadecimal', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\n', 400],
      ['an empty length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n', 400],
      [
        'chunks',
        'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
        411,
      ],
      ['a body that is too large', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n', 413],
      [
        'a length beyond all numbers',
        `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${'9'.repeat(400)}\r\n\r\n`,
        413,
      ],
      ['a large field', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
      ['many fields', `GET / HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(5000)}\r\n`, 431],
      ['a line without an end', 'G'.repeat(20_000), 431],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
      ['a version of the future', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 505],
      ['a version of the past', 'GET / HTTP/0.9\r\nHost: x\r\n\r\n', 505],
      ['an encoded way out', 'GET /..%2f..%2fsecret.txt HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['a way out', 'GET /../secret.txt HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['encoded dots', 'GET /%2e%2e/secret.txt HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['a way down and out', 'GET /sub/../../secret.txt HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['dots in too many bytes', 'GET /%c0%ae%c0%ae/secret.txt HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['NUL in the path', 'GET /letters.txt%00.html HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['a code that is none', 'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['half a code', 'GET /% HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ] as const) {
      const answer = await askRaw(server, bytes);
      expect(answer.status, what).toBe(status);
      expect(answer.headers.get('connection'), what).toBe('close');
    }
    expect((await ask(server, 'GET /letters.txt HTTP/1.1')).status).toBe(200);
  });

  it('takes no part of a body for a request', async () => {
    const { server } = await serve('--quiet');
    const smuggled = request('GET /letters.txt HTTP/1.1');
    const visitor = await visit(server);
    visitor.send(
      request('POST / HTTP/1.1', `Content-Length: ${smuggled.length}`) + smuggled + request('GET / HTTP/1.1'),
    );
    const refused = await receive(visitor);
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await receive(visitor)).body.toString()).toBe('<h1>index</h1>');
    // A body in pieces, as large as it may be.
    visitor.send(request('PUT / HTTP/1.1', `Content-Length: ${1024 * 1024}`));
    expect((await receive(visitor)).status).toBe(405);
    for (let i = 0; i < 16; i++) visitor.send(Buffer.alloc(65536, request('GET /letters.txt HTTP/1.1')));
    visitor.send(request('GET / HTTP/1.1'));
    expect((await receive(visitor)).body.toString()).toBe('<h1>index</h1>');
  });

  it('answers a client that asks before sending a body, and then skips none', async () => {
    const { server } = await serve('--quiet');
    const visitor = await visit(server);
    visitor.send(request('POST / HTTP/1.1', 'Content-Length: 5', 'Expect: 100-continue'));
    const { status, headers } = await receive(visitor);
    expect([status, headers.get('connection')]).toEqual([405, 'close']);
    expect(await visitor.rest()).toHaveLength(0);
  });

  it('lets a client read why it is refused while it is still sending', async () => {
    const { server } = await serve('--quiet');
    const visitor = await visit(server);
    visitor.socket.on('error', () => {});
    visitor.send(request('POST / HTTP/1.1', 'Content-Length: 99999999'));
    for (let i = 0; i < 30; i++) visitor.send(Buffer.alloc(100_000));
    expect((await receive(visitor)).status).toBe(413);
  });
});
