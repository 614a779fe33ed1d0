import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { command, DemoServer, exchange, nameOf } from './process.js';

describe('06-coroutines', () => {
  it('prints what it says, in the known order', async () => {
    const { code, stdout, stderr } = await command(['demo', '6']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('by hand:\n  12\n  56\n  34\n  78\n');
    const [, seconds] =
      / foo begins .*\n +bar begins .*\n +bar ends .*\n +foo ends +after ([\d.]+) s\n/.exec(stdout) ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(2);
    expect(stdout).toMatch(/\nchecked: 4 numbers, 4 lines, 6 items, each in its place\n$/);
  });
});

describe('07-coroutine-echo', () => {
  it('answers, and logs what happens', async () => {
    const { code, stdout, stderr } = await command(['demo', '07']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\nchecked: 3 clients, 9 messages, every byte came back\n$/);
  });

  it('loses nothing of several megabytes, while another client gets its answer', async () => {
    const server = await DemoServer.start('07-coroutine-echo');
    const [client, other] = [await server.connect(), await server.connect()];
    const data = randomBytes(5_000_000);
    const big = exchange(client, data);
    expect(String(await exchange(other, Buffer.from('meanwhile')))).toBe('meanwhile');
    expect((await big).equals(data)).toBe(true);
    const address = nameOf(other);
    other.end();
    await server.logs(`closing ${address}\n`);
    const reset = nameOf(client);
    client.resetAndDestroy();
    await server.logs(`closing ${reset}`);
  });
});

describe('08-coroutine-crawler', () => {
  it('fetches the pages', async () => {
    const { code, stdout, stderr } = await command(['demo', '8']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\nchecked: 700 pages, each the one that was asked for\n$/);
  });
});
