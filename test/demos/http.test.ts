import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { AF_INET, MSG_PEEK, SO_RCVBUF, SOCK_STREAM, SOL_SOCKET, socket } from 'fd-selectors/socket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { succeeds } from '../support/commands.js';
import { built, folder, interrupted, openFiles, openSockets, runBare, runProgram, visit } from './fixture.js';
import { ask, askRaw, receive, request } from './httpclient.js';
import { command, DemoServer } from './process.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const LARGE = randomBytes(3_000_000);

const hasWrk = succeeds('sh', '-c', 'command -v wrk');
const hasCurl = succeeds('sh', '-c', 'command -v curl');

/** A server on a folder with some files, and the folder. */
async function serve(...args: string[]): Promise<{ server: DemoServer; root: string }> {
  const root = folder();
  mkdirSync(`${root}/site/sub`, { recursive: true });
  writeFileSync(`${root}/secret.txt`, 'secret');
  writeFileSync(`${root}/site/letters.txt`, LETTERS);
  writeFileSync(`${root}/site/empty.txt`, '');
  writeFileSync(`${root}/site/.hidden`, 'hidden');
  writeFileSync(`${root}/site/index.html`, '<h1>index</h1>');
  writeFileSync(`${root}/site/sub/a<b>&.txt`, 'odd');
  writeFileSync(`${root}/site/large.bin`, LARGE);
  symlinkSync('../secret.txt', `${root}/site/out.txt`);
  symlinkSync('letters.txt', `${root}/site/in.txt`);
  execFileSync('mkfifo', [`${root}/site/fifo`]);
  const server = await DemoServer.start('http', '--root', `${root}/site`, ...args);
  return { server, root: `${root}/site` };
}

describe('http', () => {
  it('is toured', async () => {
    const { code, stdout, stderr } = await command(['demo', 'http']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\nchecked: 9 requests on one connection, and the answer to each\n$/);
    expect(code).toBe(0);
  });

  it('serves files with what browsers want to know', async () => {
    const { server } = await serve('--quiet');
    const page = await ask(server, 'GET / HTTP/1.1');
    expect(page.status).toBe(200);
    expect(page.body.toString()).toBe('<h1>index</h1>');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(Date.parse(page.headers.get('date') ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(page.headers.get('accept-ranges')).toBe('bytes');
    expect((await ask(server, 'GET /empty.txt HTTP/1.1')).status).toBe(200);
    expect((await ask(server, 'GET /large.bin HTTP/1.1')).body.equals(LARGE)).toBe(true);
    expect((await ask(server, 'GET /in.txt?a=b#c HTTP/1.1')).body.toString()).toBe(LETTERS);
    expect((await ask(server, 'GET http://other/letters.txt HTTP/1.1')).body.toString()).toBe(LETTERS);
    expect((await ask(server, 'GET /%6cetters.txt HTTP/1.1')).body.toString()).toBe(LETTERS);
  });

  it('answers HEAD as GET, without the body', async () => {
    const { server } = await serve('--quiet');
    for (const path of ['/letters.txt', '/large.bin', '/nothing', '/sub']) {
      const visitor = await visit(server);
      visitor.send(request(`HEAD ${path} HTTP/1.1`));
      const head = await receive(visitor, false);
      visitor.send(request(`GET ${path} HTTP/1.1`));
      const get = await receive(visitor);
      expect(head.status).toBe(get.status);
      expect(Number(head.headers.get('content-length'))).toBe(get.body.length);
    }
  });

  it('lists a folder, and sends those to it who forget the slash, nowhere else', async () => {
    const { server } = await serve('--quiet');
    const list = await ask(server, 'GET /sub/ HTTP/1.1');
    expect(list.body.toString()).toContain('<a href="./a%3Cb%3E%26.txt">a&#60;b&#62;&#38;.txt</a>');
    for (const path of ['/sub', '//sub', '///sub', '/%2fsub']) {
      const { status, headers } = await ask(server, `GET ${path} HTTP/1.1`);
      expect([status, headers.get('location')]).toEqual([301, '/sub/']);
    }
  });

  it('finds nothing where nothing is to be seen', async () => {
    const { server } = await serve('--quiet');
    for (const path of [
      '/nothing',
      '/letters.txt/',
      '/letters.txt/x',
      '/.hidden',
      '/sub/.hidden',
      '/out.txt',
      '/fifo',
      `/${'x'.repeat(5000)}`,
      '/%F0%9F%98%80',
    ]) {
      expect((await ask(server, `GET ${path} HTTP/1.1`)).status, path).toBe(404);
    }
  });

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

  it('answers ranges of every kind', async () => {
    const { server } = await serve('--quiet');
    for (const [range, status, text, shown] of [
      ['bytes=0-0', 206, 'a', '0-0'],
      ['bytes=5-', 206, LETTERS.slice(5), '5-25'],
      ['bytes=-3', 206, 'xyz', '23-25'],
      ['bytes=20-100', 206, 'uvwxyz', '20-25'],
      ['bytes=-100', 206, LETTERS, '0-25'],
      ['bytes=0-99999999999999999999999', 206, LETTERS, '0-25'],
      ['Bytes=1-2', 206, 'bc', '1-2'],
      ['bytes= 1-2 ', 206, 'bc', '1-2'],
      ['bytes=1-2,99-', 206, 'bc', '1-2'],
      ['bytes=26-', 416, '', '*'],
      ['bytes=-0', 416, '', '*'],
      ['bytes=99-,-0', 416, '', '*'],
      ['bytes=5-4', 200, LETTERS, undefined],
      ['bytes=-', 200, LETTERS, undefined],
      ['bytes=a-b', 200, LETTERS, undefined],
      ['bytes=1', 200, LETTERS, undefined],
      ['bytes=1-2-3', 200, LETTERS, undefined],
      ['bytes=', 200, LETTERS, undefined],
      ['items=0-1', 200, LETTERS, undefined],
      [`bytes=${'0-1,'.repeat(20)}0-1`, 200, LETTERS, undefined],
    ] as const) {
      const answer = await ask(server, 'GET /letters.txt HTTP/1.1', `Range: ${range}`);
      expect(answer.status, range).toBe(status);
      if (status !== 416) expect(answer.body.toString(), range).toBe(text);
      const expected = shown === undefined ? undefined : `bytes ${shown}/26`;
      expect(answer.headers.get('content-range'), range).toBe(expected);
    }
  });

  it('answers several ranges in parts, of small files and of large ones', async () => {
    const { server } = await serve('--quiet');
    for (const [path, data] of [
      ['/letters.txt', Buffer.from(LETTERS)],
      ['/large.bin', LARGE],
    ] as const) {
      const { status, headers, body } = await ask(server, `GET ${path} HTTP/1.1`, 'Range: bytes=1-3,-2, 5-5');
      expect(status).toBe(206);
      const [, mark] =
        /^multipart\/byteranges; boundary=(\S+)$/.exec(headers.get('content-type') ?? '') ?? [];
      const parts = body.toString('latin1').split(`\r\n--${mark}`);
      expect(parts).toHaveLength(5);
      expect([parts[0], parts[4]]).toEqual(['', '--\r\n']);
      const { length } = data;
      for (const [i, first, last] of [
        [1, 1, 3],
        [2, length - 2, length - 1],
        [3, 5, 5],
      ] as const) {
        const [head, content] = (parts[i] as string).split('\r\n\r\n');
        expect(head).toContain(`Content-Range: bytes ${first}-${last}/${length}`);
        expect(content).toBe(data.toString('latin1', first, last + 1));
      }
    }
  });

  it('answers a range of a large file', async () => {
    const { server } = await serve('--quiet');
    const { status, body } = await ask(server, 'GET /large.bin HTTP/1.1', 'Range: bytes=1000000-2500000');
    expect(status).toBe(206);
    expect(body.equals(LARGE.subarray(1_000_000, 2_500_001))).toBe(true);
  });

  it('says what has not changed, and notices what has', async () => {
    const { server, root } = await serve('--quiet');
    const { headers } = await ask(server, 'GET /letters.txt HTTP/1.1');
    const [etag, modified] = [headers.get('etag'), headers.get('last-modified')];
    const status = async (...fields: string[]) =>
      (await ask(server, 'GET /letters.txt HTTP/1.1', ...fields)).status;
    expect(await status(`If-None-Match: ${etag}`)).toBe(304);
    expect(await status(`If-None-Match: "other", W/${etag}`)).toBe(304);
    expect(await status('If-None-Match: *')).toBe(304);
    expect(await status('If-None-Match: "other"')).toBe(200);
    expect(await status(`If-Modified-Since: ${modified}`)).toBe(304);
    expect(await status('If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT')).toBe(200);
    expect(await status('If-Modified-Since: nonsense')).toBe(200);
    // The tag decides, and the date does not count.
    expect(await status('If-None-Match: "other"', `If-Modified-Since: ${modified}`)).toBe(200);
    expect(await status('Range: bytes=0-1', `If-Range: ${etag}`)).toBe(206);
    expect(await status('Range: bytes=0-1', `If-Range: ${modified}`)).toBe(206);
    expect(await status('Range: bytes=0-1', 'If-Range: "other"')).toBe(200);
    expect((await ask(server, 'HEAD /letters.txt HTTP/1.1', 'Range: bytes=0-1')).status).toBe(200);
    writeFileSync(`${root}/letters.txt`, 'changed');
    await expect.poll(() => status(`If-None-Match: ${etag}`)).toBe(200);
    expect((await ask(server, 'GET /letters.txt HTTP/1.1')).body.toString()).toBe('changed');
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

  it('tells a client that is too slow in asking, however it trickles', async () => {
    const { server } = await serve('--quiet', '--timeout', '2');
    const visitor = await visit(server);
    visitor.send('GET / HTTP/1.1\r\nHost: x\r\nX: ');
    const trickle = setInterval(() => visitor.send('y'), 20);
    onTestFinished(() => clearInterval(trickle));
    const { status } = await receive(visitor);
    clearInterval(trickle);
    expect(status).toBe(408);
    expect(await visitor.rest()).toHaveLength(0);
  });

  it('hangs up on who says nothing, and on who does not read', async () => {
    const { server } = await serve('--quiet', '--timeout', '3');
    const idle = openSockets(server);
    const silent = await visit(server);
    const deaf = socket(AF_INET, SOCK_STREAM);
    onTestFinished(() => deaf.close());
    deaf.setsockopt(SOL_SOCKET, SO_RCVBUF, 65536);
    deaf.connect(['127.0.0.1', server.port]);
    // More than the buffers of the kernel hold on the way.
    deaf.sendall(Buffer.from(request('GET /large.bin HTTP/1.1').repeat(20)));
    expect(deaf.recv(1, MSG_PEEK)).toHaveLength(1);
    expect(await silent.rest()).toHaveLength(0);
    await expect.poll(() => openSockets(server)).toBe(idle);
    let got = 0;
    for (let data = deaf.recv(1 << 20); data.length > 0; data = deaf.recv(1 << 20)) got += data.length;
    expect(got).toBeLessThan(20 * LARGE.length);
  });

  it('gives back its files when clients vanish in the middle of one', async () => {
    const { server } = await serve('--quiet');
    const idle = openSockets(server);
    await ask(server, 'GET / HTTP/1.1');
    await expect.poll(() => openSockets(server)).toBe(idle);
    const files = openFiles(server);
    for (let i = 0; i < 20; i++) {
      const visitor = await visit(server);
      visitor.send(request('GET /large.bin HTTP/1.1'));
      await visitor.bytes(1000 * i + 1);
      visitor.socket.resetAndDestroy();
    }
    await expect.poll(() => openFiles(server)).toBeLessThanOrEqual(files);
    expect((await ask(server, 'GET / HTTP/1.1')).status).toBe(200);
  });

  it('lets new clients wait when it has no descriptor left, and says what to raise', async () => {
    const root = folder();
    writeFileSync(`${root}/index.html`, 'hello');
    const server = await DemoServer.startLimited(96, 'http', '--root', root);
    const first = await visit(server);
    first.send(request('GET / HTTP/1.1'));
    await receive(first);
    const visitors = await Promise.all(Array.from({ length: 80 }, () => visit(server)));
    await server.logs('the limit of 96 open descriptors is reached; raise it with ulimit -n\n');
    for (const visitor of visitors) visitor.send(request('GET / HTTP/1.1', 'Connection: close'));
    for (const visitor of visitors) expect([200, 503]).toContain((await receive(visitor)).status);
  });

  it('ends cleanly on Ctrl-C, alone and by its command', async () => {
    const { server, root } = await serve();
    const visitor = await visit(server);
    visitor.send(request('GET / HTTP/1.1'));
    await receive(visitor);
    await interrupted(server);
    expect(server.log).toMatch(/GET \/ 200 OK\ninterrupted by SIGINT: the sockets are closed\n$/);

    const child = spawn(process.execPath, [built('cli.js'), 'demo', 'http', '--serve', '--root', root]);
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    while (!said.includes('listening on ')) await once(child.stdout, 'data');
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(said).toContain('the sockets are closed');
  });

  it('refuses a folder that is not there', async () => {
    const { stderr, code } = await command(['demo', 'http', '--serve', '--root', '/no/such/folder']);
    expect(stderr).toContain('--root: ENOENT');
    expect(code).toBe(2);
  });

  it('compares itself with node:http, and prints both ratios', async () => {
    // Without wrk, so that the load is our own, whose rounds may be short.
    const said = await runBare('http', '--compare', '--seconds', '0.1', '--rounds', '1');
    const [, saved, times] =
      /^compared: ([\d.]+) times as many requests per CPU second as node:http, and ([\d.]+) times as many per second$/m.exec(
        said,
      ) ?? [];
    expect(Number(times)).toBeGreaterThan(0);
    // How far ahead is a benchmark's matter, not a test's.
    expect(Number(saved)).toBeGreaterThan(0);
  });

  it.skipIf(!hasWrk)('serves wrk without an error (skipped without wrk)', async () => {
    const { server } = await serve('--quiet');
    const url = `http://127.0.0.1:${server.port}/letters.txt`;
    const { stdout, code } = await runProgram(['wrk', '-t1', '-c50', '-d1s', '--timeout', '60s', url]);
    expect(code).toBe(0);
    expect(Number(/^Requests\/sec: +([\d.]+)/m.exec(stdout)?.[1])).toBeGreaterThan(0);
    expect(stdout).not.toMatch(/Socket errors|Non-2xx/);
  });

  it.skipIf(!hasCurl)('serves curl (skipped without curl)', async () => {
    const { server } = await serve('--quiet');
    const url = `http://127.0.0.1:${server.port}`;
    const both = await runProgram(['curl', '-sS', `${url}/letters.txt`, `${url}/`]);
    expect(both.stdout).toBe(`${LETTERS}<h1>index</h1>`);
    const part = await runProgram(['curl', '-sS', '-r', '2-4', `${url}/letters.txt`]);
    expect(part.stdout).toBe('cde');
    const sent = await runProgram([
      'curl',
      '-sS',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      '--data',
      'a=b',
      url,
    ]);
    expect(sent.stdout).toBe('405');
  });
});
