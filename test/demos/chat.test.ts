import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Visitor } from '../../demos/support/visitor.js';
import { succeeds } from '../support/commands.js';
import { interrupted, visit } from './fixture.js';
import { command, DemoServer } from './process.js';

const hasNc = succeeds('sh', '-c', 'command -v nc');

async function enter(server: DemoServer, name: string): Promise<Visitor> {
  const visitor = await visit(server);
  await visitor.until('what is your name?\n');
  visitor.send(`${name}\n`);
  await visitor.until(`hello ${name}; there are /who and /quit\n`);
  return visitor;
}

/** Kilobytes of memory of a server. */
function memoryOf(server: DemoServer): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}

describe('chat', () => {
  it('is toured: the others hear everything while one does not read', async () => {
    const { code, stdout, stderr } = await command(['demo', 'chat']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /dora {3}\| hears \d+ lines, and '\* you read too slowly, and have missed \d+ lines'/,
    );
    expect(stdout).toMatch(
      /\nchecked: ben heard \d+ lines while dora did not read; she missed \d+, and was told so\n$/,
    );
    expect(code).toBe(0);
  });

  it('carries lines to all others, in whatever pieces they arrive', async () => {
    const server = await DemoServer.start('chat');
    const [ada, ben, cleo] = [
      await enter(server, 'ada'),
      await enter(server, 'ben'),
      await enter(server, 'cleo'),
    ];
    for (const piece of ['two li', 'nes\r\nare ', 'one write\nand this waits']) {
      ada.send(piece);
    }
    for (const other of [ben, cleo]) {
      expect(await other.until('one write\n')).toContain('ada: two lines\nada: are one write\n');
    }
    ada.send(' for its end: \u00e9\u{1f600}\n');
    expect(await ben.until('for its end: \u00e9\u{1f600}\n')).toBe(
      'ada: and this waits for its end: \u00e9\u{1f600}\n',
    );
    ben.send('/who\n');
    await ben.until('here are ada, ben, cleo\n');
    ben.send('/quit\n');
    await ada.until('* ben has left\n');
    await expect(ben.rest()).resolves.toBeDefined();
  });

  it('wants names that are short and not taken', async () => {
    const server = await DemoServer.start('chat', '--quiet');
    await enter(server, 'ada');
    const other = await visit(server);
    other.send('ada\n');
    await other.until('ada is here already; what is your name?\n');
    other.send(`${'a'.repeat(21)}\n`);
    await other.until('a name has 1 to 20 characters; what is yours?\n');
    other.send('\x1b\x07\n');
    await other.until('a name has 1 to 20 characters; what is yours?\n');
    other.send('ben\n');
    await other.until('hello ben');
  });

  it('lets nobody write to the terminals of others', async () => {
    const server = await DemoServer.start('chat', '--quiet');
    const [ada, ben] = [await enter(server, 'ada'), await enter(server, 'ben')];
    ada.send('\x1b[2J\x9b31mred\x00\x7f\u009b1m\n');
    const heard = await ben.until('\n');
    expect(heard).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(heard).toContain('red');
  });

  it('sends away who says a line without an end', async () => {
    const server = await DemoServer.start('chat');
    const [ada, ben] = [await enter(server, 'ada'), await enter(server, 'ben')];
    ada.send('x'.repeat(100_000));
    await server.logs(': a line of more than 1000 bytes\n');
    await ben.until('* ada has left\n');
  });

  it('delivers the last words of who has half closed', async () => {
    const server = await DemoServer.start('chat', '--quiet');
    const ben = await enter(server, 'ben');
    const ada = await visit(server);
    ada.socket.end('ada\nlast words\n/who\n');
    await ben.until('ada: last words\n');
    await ben.until('* ada has left\n');
    expect(String(await ada.rest())).toContain('here are ben, ada\n');
  });

  it('keeps its memory while twenty do not read and one says 7 MB', async () => {
    const server = await DemoServer.start('chat', '--quiet');
    const ada = await enter(server, 'ada');
    const ben = await enter(server, 'ben');
    for (let i = 0; i < 20; i++) (await enter(server, `deaf${i}`)).socket.pause();
    const before = memoryOf(server);
    const text = 'x'.repeat(900);
    for (let round = 0; round < 150; round++) {
      // So many as fit into the queue of ben, who reads.
      for (let i = 0; i < 50; i++) ada.send(`${text}\n`);
      ada.send(`that was round ${round}\n`);
      await ben.until(`ada: that was round ${round}\n`);
    }
    expect(memoryOf(server) - before).toBeLessThan(60_000);
  });

  it('survives a client that resets its connection while it is written to', async () => {
    const server = await DemoServer.start('chat', '--quiet');
    const [ada, ben] = [await enter(server, 'ada'), await enter(server, 'ben')];
    for (let i = 0; i < 10; i++) {
      const guest = await enter(server, `guest${i}`);
      ada.send(`for ${i}\n`);
      guest.socket.resetAndDestroy();
      await ben.until(`* guest${i} has left\n`);
    }
  });

  it('closes the door when it has no descriptor left, and says what to raise', async () => {
    const server = await DemoServer.startLimited(96, 'chat');
    const visitors = await Promise.all(Array.from({ length: 80 }, () => visit(server)));
    await server.logs('the limit of 96 open descriptors is reached; raise it with ulimit -n\n');
    for (const [i, visitor] of visitors.entries()) {
      visitor.send(`guest${i}\n`);
      await visitor.until(`hello guest${i}`);
      visitor.close();
    }
  });

  it('ends cleanly on Ctrl-C', async () => {
    const server = await DemoServer.start('chat');
    const ada = await enter(server, 'ada');
    await interrupted(server);
    await expect(ada.rest()).resolves.toBeDefined();
  });

  it.skipIf(!hasNc)('can be joined with nc (skipped without nc)', async () => {
    const server = await DemoServer.start('chat');
    const ben = await enter(server, 'ben');
    const nc = spawn('nc', ['127.0.0.1', String(server.port)], { stdio: 'pipe' });
    onTestFinished(() => void nc.kill());
    let heard = '';
    nc.stdout.on('data', (data) => {
      heard += data;
    });
    nc.stdin.write('ada\nhello from nc\n');
    await ben.until('ada: hello from nc\n');
    ben.send('hello nc\n');
    while (!heard.includes('ben: hello nc\n')) await once(nc.stdout, 'data');
    nc.stdin.write('/quit\n');
    await ben.until('* ada has left\n');
  });
});
