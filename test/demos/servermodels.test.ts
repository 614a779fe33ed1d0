import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { interrupted, procText, visit } from './fixture.js';
import { command, DemoServer, exchange } from './process.js';

const MODELS = [
  'process-per-request',
  'worker-per-request',
  'process-pool',
  'worker-pool',
  'one-thread',
  'thread-per-core',
];

/** Who has answered: `process 1, thread 2`. */
function whoOf(answer: string): string {
  return answer.slice(0, answer.indexOf(':'));
}

/** The processes that a process has started and that have not ended. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    procText(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

/** Whether a process has not ended. */
function runs(pid: number): boolean {
  return /^State:\s+[^Z]/m.test(procText(`/proc/${pid}/status`));
}

describe.each(MODELS)('servers/%s', (name) => {
  it('is toured by three clients at once', async () => {
    const { code, stdout, stderr } = await command(['demo', `servers/${name}`]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\nchecked: 3 clients, 6 answers, from .*\n$/);
    expect(code).toBe(0);
  });

  it('answers in pieces and in bulk, and survives a client that vanishes', async () => {
    const server = await DemoServer.start(`servers/${name}`, '--quiet');
    const vanishing = await visit(server);
    vanishing.send('half a li');
    vanishing.socket.resetAndDestroy();
    const client = await visit(server);
    client.send('one');
    client.send(' line\n');
    expect(await client.until('\n')).toMatch(/^process \d+, thread \d+: ONE LINE\n$/);
    client.send('line\n'.repeat(2000));
    for (let i = 0; i < 2000; i++) expect(await client.until('\n')).toMatch(/: LINE\n$/);
  });

  it('turns away a line without an end', async () => {
    const server = await DemoServer.start(`servers/${name}`, '--quiet');
    const client = await visit(server);
    client.send('x'.repeat(100_000));
    await expect(client.until('\n')).rejects.toThrow();
  });

  it('ends cleanly on Ctrl-C with clients connected, and leaves no process', async () => {
    const server = await DemoServer.start(`servers/${name}`);
    const client = await visit(server);
    client.send('hello\n');
    await client.until('\n');
    const children = childrenOf(server.process.pid!);
    await interrupted(server);
    expect(server.log).toMatch(/interrupted by SIGINT: the sockets are closed\n$/);
    await expect.poll(() => children.filter(runs)).toEqual([]);
  });

  it('gives a usage line for bad options', async () => {
    const { code, stderr } = await command(['demo', `servers/${name}`, '--serve', '--port', '70000']);
    expect(stderr).toMatch(
      new RegExp(`^usage: .* demo servers/${name} \\[--host 127.0.0.1\\] \\[--port 0\\]`, 'm'),
    );
    expect(code).toBe(2);
  });
});

describe('who serves whom', () => {
  /** Who answers each of three clients that are connected at once. */
  async function three(name: string, ...args: string[]): Promise<string[]> {
    const server = await DemoServer.start(`servers/${name}`, '--quiet', ...args);
    const clients = [await visit(server), await visit(server), await visit(server)];
    for (const client of clients) client.send('who?\n');
    return Promise.all(clients.map(async (client) => whoOf(await client.until('\n'))));
  }
  const processes = (who: string[]): number => new Set(who.map((one) => one.split(',')[0])).size;

  it.each(['process-per-request', 'process-pool'])('%s: three processes', async (name) => {
    expect(processes(await three(name))).toBe(3);
  });

  it.each(['worker-per-request', 'worker-pool'])('%s: three threads of one process', async (name) => {
    const who = await three(name);
    expect(processes(who)).toBe(1);
    expect(new Set(who).size).toBe(3);
  });

  it.each(['select', 'poll', 'epoll'])('one-thread with %s: one thread', async (selector) => {
    expect(new Set(await three('one-thread', '--selector', selector)).size).toBe(1);
  });

  it.each(['process-pool', 'worker-pool'])(
    '%s: the client after the last of the pool waits',
    async (name) => {
      const server = await DemoServer.start(`servers/${name}`, '--quiet', '--workers', '1');
      const first = await visit(server);
      first.send('mine\n');
      await first.until('\n');
      const second = await visit(server);
      second.send('and mine?\n');
      first.send('still mine\n');
      expect(await first.until('\n')).toMatch(/: STILL MINE\n$/);
      first.close();
      expect(await second.until('\n')).toMatch(/: AND MINE\?\n$/);
    },
  );
});

describe('servers/one-thread', () => {
  it('lets new clients wait when it has no descriptor left, and says what to raise', async () => {
    const server = await DemoServer.startLimited(96, 'servers/one-thread');
    const clients = await Promise.all(Array.from({ length: 100 }, () => server.connect()));
    await server.logs('the limit of 96 open descriptors is reached; raise it with ulimit -n\n');
    for (const client of clients) {
      expect((await exchange(client, Buffer.from('x\n'))).toString()).toMatch(/^process \d+, thread 0/);
      client.destroy();
    }
  });
});
