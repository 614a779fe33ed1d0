import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, MSG_OOB } from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { itLetsClientsWait, itSurvivesResets } from './cases.js';
import { DemoServer, exchange, nameOf } from './process.js';

const upper = (data: Buffer) =>
  Buffer.from(data.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte)));
const same = (data: Buffer) => data;

/** CPU time and context switches of a process's main thread: they stand still while it is blocked. */
function activity(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(' ').slice(13, 15).join(' ');
  const switches = readFileSync(`/proc/${pid}/task/${pid}/status`, 'utf8').match(/ctxt_switches:\s*\d+/g);
  return `${stat} ${switches}`;
}

/** Waits until a server has done nothing for a while. One that spins never gets there. */
async function asleep(server: DemoServer): Promise<void> {
  const pid = server.process.pid!;
  let before = '';
  await expect
    .poll(async () => {
      before = activity(pid);
      await delay(100);
      return activity(pid) === before;
    })
    .toBe(true);
}

describe.each([
  ['01-select-echo', same],
  ['02-select-queues', upper],
  ['03-selectors-callback', same],
])('%s', (name, answerTo) => {
  it('answers, and logs what happens', async () => {
    const server = await DemoServer.start(name);
    const client = await server.connect();
    const address = nameOf(client);
    const answer = await exchange(client, Buffer.from('Hello, World'));
    expect(answer.toString()).toBe(answerTo(Buffer.from('Hello, World')).toString());
    client.end();
    await server.logs(`closing ${address}\n`);
    expect(server.log.split('\n').slice(1)).toEqual([
      `connection from ${address}`,
      `received 'Hello, World' from ${address}`,
      `sent '${answer}' to ${address}`,
      `closing ${address}`,
      '',
    ]);
  });

  it('loses nothing of several megabytes in both directions', async () => {
    const server = await DemoServer.start(name);
    const data = randomBytes(5_000_000);
    const client = await server.connect();
    const answer = await exchange(client, data);
    expect(answer.equals(answerTo(data))).toBe(true);
    client.destroy();
  });

  it('sleeps until a slow client reads, and then sends it the rest', async () => {
    const server = await DemoServer.start(name, '--quiet');
    // More than the kernel buffers in both directions.
    const data = randomBytes(32_000_000);
    const slow = await server.connect();
    slow.pause();
    slow.write(data);
    await asleep(server);
    const other = await server.connect();
    expect((await exchange(other, Buffer.from('MEANWHILE'))).toString()).toBe('MEANWHILE');
    const parts: Buffer[] = [];
    slow.on('data', (part) => parts.push(part));
    slow.resume();
    slow.end();
    await once(slow, 'end');
    expect(Buffer.concat(parts).equals(answerTo(data))).toBe(true);
    other.destroy();
  });

  it('serves a hundred clients at once', async () => {
    const server = await DemoServer.start(name);
    const clients = await Promise.all(Array.from({ length: 100 }, () => server.connect()));
    const answers = await Promise.all(
      clients.map((client, i) => exchange(client, Buffer.from(`client ${i}`))),
    );
    expect(answers.map(String)).toEqual(clients.map((_, i) => String(answerTo(Buffer.from(`client ${i}`)))));
    const names = clients.map(nameOf);
    for (const client of clients) client.destroy();
    for (const name of names) await server.logs(`closing ${name}`);
  });

  itSurvivesResets(name);
  itLetsClientsWait(name);

  it('sleeps while its clients are silent', async () => {
    const server = await DemoServer.start(name);
    const client = await server.connect();
    await exchange(client, Buffer.from('hello'));
    await server.logs(`sent `);
    await asleep(server);
    client.destroy();
  });
});

describe.each(['01-select-echo', '02-select-queues'])('%s', (name) => {
  it('turns away what select() cannot watch, and goes on', async () => {
    const server = await DemoServer.start(name);
    const first = await server.connect();
    const clients: Socket[] = [];
    while (clients.length < 1024) {
      clients.push(...(await Promise.all(Array.from({ length: 64 }, () => server.connect()))));
    }
    await server.logs('no room for ');
    expect((await exchange(first, Buffer.from('ROOM FOR ME'))).toString()).toBe('ROOM FOR ME');
    for (const client of clients) client.destroy();
    first.destroy();
  });
});

describe('02-select-queues', () => {
  it('answers what is in the queue of a client that sends no more', async () => {
    const server = await DemoServer.start('02-select-queues');
    const client = await server.connect();
    client.end('last words');
    let answer = '';
    client.on('data', (part) => {
      answer += part;
    });
    await once(client, 'end');
    expect(answer).toBe('LAST WORDS');
  });

  it('closes a connection with an exceptional condition, and only that', async () => {
    const server = await DemoServer.start('02-select-queues');
    const witness = await server.connect();
    const urgent = createConnection(['127.0.0.1', server.port], { timeout: 60 });
    const [host, port] = urgent.getsockname() as [string, number];
    urgent.send(Buffer.from('!'), MSG_OOB);
    await server.logs(`closing ${host}:${port}: an exceptional condition\n`);
    expect((await exchange(witness, Buffer.from('calm'))).toString()).toBe('CALM');
    urgent.close();
    witness.destroy();
  });
});
