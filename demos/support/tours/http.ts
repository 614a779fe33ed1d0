/** A client asks the HTTP server for this and that; what it sends and gets is printed and checked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Demo } from '../catalog.js';
import { Server } from '../process.js';
import { Visitor } from '../visitor.js';

const INTRODUCTION = `Below, the server is a process of its own. Lines with > are sent to it, lines with < come back. To look at it with a
browser, start it with "npm run demo -- http --serve --root FOLDER". To measure it: npm run demo -- http --compare
`;

const TEXT = 'All happy families are alike; each unhappy family is unhappy in its own way.\n';
/** Bytes of a file that does not fit into the buffers of the system. */
const LARGE = 20_000_000;
/** What of an answer's head is worth reading. */
const SHOWN = /^(HTTP|Content-Length|Content-Range|Connection|Allow|ETag)/;

interface Answer {
  readonly head: string;
  readonly body: Buffer;
}

export async function tour(demo: Demo, args: readonly string[]): Promise<void> {
  console.log(INTRODUCTION);
  const folder = mkdtempSync(join(tmpdir(), 'fd-selectors-http-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>hello</title><h1>hello</h1>\n');
  writeFileSync(join(folder, 'text.txt'), TEXT);
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(LARGE, 'abcdefghij'));
  const server = new Server(demo, ['--root', folder, ...args], (line) => console.log(`server | ${line}`));
  try {
    const { host, port } = await server.listening();
    const asked = await show(await Visitor.connect(host, port));
    await slow(host, port);
    await refused(host, port);
    await server.interrupt();
    console.log(`\nchecked: ${asked} requests on one connection, and the answer to each`);
  } finally {
    server.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Shows what the server can do; returns the number of requests. */
async function show(visitor: Visitor): Promise<number> {
  const page = await step(visitor, 'a page', 'GET / HTTP/1.1', []);
  expect(page, 200, 'hello');
  const [, etag = ''] = /^ETag: (.*)$/m.exec(page.head) ?? [];
  expect(
    await step(visitor, 'the page again, but only if it has changed', 'GET / HTTP/1.1', [
      `If-None-Match: ${etag}`,
    ]),
    304,
    '',
  );
  expect(await step(visitor, 'only the head', 'HEAD /text.txt HTTP/1.1', []), 200, '');
  const part = await step(visitor, 'a part of a file', 'GET /text.txt HTTP/1.1', ['Range: bytes=4-18']);
  expect(part, 206, TEXT.slice(4, 19));
  expect(await step(visitor, 'a file that does not exist', 'GET /secret HTTP/1.1', []), 404, '404');
  expect(await step(visitor, 'a method that is not allowed', 'DELETE /text.txt HTTP/1.1', []), 405, '405');
  console.log('\nthree requests at once (a pipeline): the answers come in the same order');
  for (const range of ['0-2', '4-8', '10-17'])
    send(visitor, 'GET /text.txt HTTP/1.1', [`Range: bytes=${range}`]);
  for (const word of ['All', 'happy', 'families']) expect(await receive(visitor, true), 206, word);
  return 9;
}

/** A client that does not read its answer keeps no other waiting. */
async function slow(host: string, port: number): Promise<void> {
  console.log(
    `\na client that asks for ${LARGE / 1e6} MB and reads only the head, and another one meanwhile`,
  );
  const sluggard = await Visitor.connect(host, port);
  send(sluggard, 'GET /large.bin HTTP/1.1', []);
  const head = await receiveHead(sluggard);
  sluggard.socket.pause();
  const other = await Visitor.connect(host, port);
  expect(await step(other, '', 'GET /text.txt HTTP/1.1', []), 200, TEXT.trim());
  sluggard.socket.resume();
  const body = await receiveBody(sluggard, head);
  if (body.length !== LARGE) throw new Error(`only ${body.length} bytes came`);
  sluggard.close();
  other.close();
}

/** What no browser sends: each on a connection of its own, which the server ends. */
async function refused(host: string, port: number): Promise<void> {
  for (const [why, line, fields, status] of [
    ['a way out of the folder', 'GET /..%2f..%2fetc/passwd HTTP/1.1', [], 400],
    [
      'a request with two lengths',
      'GET / HTTP/1.1',
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      400,
    ],
    ['a version that does not exist', 'GET / HTTP/7.0', [], 505],
  ] as const) {
    const visitor = await Visitor.connect(host, port);
    expect(await step(visitor, why, line, fields), status, String(status));
    await visitor.rest();
    visitor.close();
  }
}

async function step(visitor: Visitor, why: string, line: string, fields: readonly string[]): Promise<Answer> {
  if (why !== '') console.log(`\n${why}`);
  send(visitor, line, fields);
  return receive(visitor, !line.startsWith('HEAD'));
}

function send(visitor: Visitor, line: string, fields: readonly string[]): void {
  for (const text of [line, ...fields]) console.log(`  > ${text}`);
  visitor.send([line, 'Host: demo', ...fields, '', ''].join('\r\n'));
}

async function receive(visitor: Visitor, hasBody: boolean): Promise<Answer> {
  const head = await receiveHead(visitor);
  return { head, body: hasBody ? await receiveBody(visitor, head) : Buffer.alloc(0) };
}

async function receiveHead(visitor: Visitor): Promise<string> {
  const head = await visitor.until('\r\n\r\n');
  for (const line of head.split('\r\n')) if (SHOWN.test(line)) console.log(`  < ${line}`);
  return head;
}

async function receiveBody(visitor: Visitor, head: string): Promise<Buffer> {
  const [, length = '0'] = /^Content-Length: (\d+)/m.exec(head) ?? [];
  const body = await visitor.bytes(Number(length));
  const text = body.toString('latin1').trim();
  if (text !== '')
    console.log(`  < ${text.length > 100 ? `${text.slice(0, 20)}... (${body.length} bytes)` : text}`);
  return body;
}

function expect({ head, body }: Answer, status: number, text: string): void {
  if (!head.startsWith(`HTTP/1.1 ${status} `) || !body.includes(text)) {
    throw new Error(`expected ${status} and '${text}'`);
  }
}
