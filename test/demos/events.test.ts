import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { itLetsClientsWait, itSurvivesResets } from './cases.js';
import { interrupted } from './fixture.js';
import { command, DemoServer, exchange } from './process.js';

describe('events/three-tasks', () => {
  it('draws what it measured: no waits side by side, then three in threads, then three in one thread', async () => {
    const { code, stdout, stderr } = await command(['demo', 'three-tasks']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const ways = stdout.split('\n\n').filter((part) => / ms, \d threads?\n/.test(part));
    const [first = '', threads = '', events = ''] = ways;
    expect(ways).toHaveLength(3);
    for (const way of ways) expect(way.match(/^ {2}[ABC] \|[ ░█]{60}\|$/gm)).toHaveLength(3);
    expect(first).toMatch(
      /^one after the other: .*\n.*\n.*\n.*\n {2}worked \d+ ms; at most 1 at work and 1 waiting at once$/,
    );
    expect(threads).toMatch(/^in threads: .*, 3 threads\n/);
    expect(events).toMatch(/^event-driven: .*, 1 thread\n/);
    expect(events).toMatch(/; at most 1 at work and [23] waiting at once$/);
    // Each waits 3 times 80 ms, so that one after the other is nine times.
    const took = ways.map((way) => Number(/: (\d+) ms/.exec(way)?.[1]));
    expect(took[0]).toBeGreaterThanOrEqual(720);
    expect(took[2]).toBeGreaterThanOrEqual(240);
  });
});

describe('events/clicks', () => {
  it('handles the events in the order of the queue', async () => {
    const { code, stdout } = await command(['demo', 'clicks']);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.includes('more in the queue'))).toEqual([
      'move, and 2 more in the queue',
      'click, and 1 more in the queue',
      'move, and 1 more in the queue',
      'open, and 0 more in the queue',
    ]);
    expect(stdout).toMatch(/ {2}the window at 10, 20 opens\nthe queue is empty: .*\n$/);
  });
});

describe('three-parts', () => {
  it('sends each part on all connections before it reads', async () => {
    const { code, stdout, stderr } = await command(['demo', 'three-parts']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const steps = stdout.split('\n').map((line) => /^127\.0\.0\.1:\d+ (sends|gets|closes)/.exec(line)?.[1]);
    const round = ['sends', 'sends', 'sends', 'gets', 'gets', 'gets'];
    expect(steps.filter((step) => step !== undefined)).toEqual([
      ...round,
      ...round,
      ...round,
      'closes',
      'closes',
      'closes',
    ]);
    expect(stdout).toContain("closes, with 'This is the message. It will be sent in three parts.'");
    expect(stdout).toMatch(/\nchecked: 3 connections, 9 parts, every byte came back\n$/);
  });

  it('says what to raise when the descriptor limit is too low', async () => {
    const { code, stderr } = await command(['demo', 'three-parts', '--connections', '100'], 128);
    expect(stderr).toContain('the limit of 128 open descriptors is too low; raise it with ulimit -n');
    expect(code).toBe(2);
  });
});

describe.each(['events/reactor', 'events/proactor'])('%s', (name) => {
  it('is toured by three clients', async () => {
    const { code, stdout } = await command(['demo', name]);
    expect(stdout).toMatch(/\nchecked: 3 clients, 9 messages, every byte came back\n$/);
    expect(code).toBe(0);
  });

  it('answers no sooner than its timer is due, and others meanwhile', async () => {
    const server = await DemoServer.start(name, '--quiet');
    const clients = await Promise.all(Array.from({ length: 100 }, () => server.connect()));
    const start = performance.now();
    const answers = await Promise.all(
      clients.map(async (client, i) => {
        const answer = await exchange(client, Buffer.from(`client ${i}`));
        expect(performance.now() - start).toBeGreaterThanOrEqual(20);
        return String(answer);
      }),
    );
    expect(answers).toEqual(clients.map((_, i) => `client ${i}`));
    for (const client of clients) client.destroy();
  });

  it('loses nothing of a megabyte', async () => {
    const server = await DemoServer.start(name, '--quiet');
    const data = randomBytes(1_000_000);
    const client = await server.connect();
    expect((await exchange(client, data)).equals(data)).toBe(true);
    client.destroy();
  });

  itSurvivesResets(name);
  itLetsClientsWait(name);

  it('ends cleanly on Ctrl-C', async () => {
    const server = await DemoServer.start(name);
    const client = await server.connect();
    await exchange(client, Buffer.from('hello'));
    await interrupted(server);
    expect(server.log).toMatch(/interrupted by SIGINT: the sockets are closed\n$/);
    client.destroy();
  });
});
