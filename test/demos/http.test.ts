import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { visit } from './fixture.js';
import { ask, receive, request } from './httpclient.js';
import { LARGE, LETTERS, serve } from './httpserver.js';
import { command } from './process.js';

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
});
