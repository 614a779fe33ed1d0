import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { AF_INET, MSG_PEEK, SO_RCVBUF, SOCK_STREAM, SOL_SOCKET, socket } from 'fd-selectors/socket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { succeeds } from '../support/commands.js';
import { built, folder, interrupted, openFiles, openSockets, runBare, runProgram, visit } from './fixture.js';
import { ask, receive, request } from './httpclient.js';
import { LARGE, LETTERS, serve } from './httpserver.js';
import { command, DemoServer } from './process.js';

const hasWrk = succeeds('sh', '-c', 'command -v wrk');
const hasCurl = succeeds('sh', '-c', 'command -v curl');

describe('http as a program', () => {
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
