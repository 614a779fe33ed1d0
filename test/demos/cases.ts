/** Cases that every server which serves many connections in one thread must pass. */
import { expect, it } from 'vitest';
import { DemoServer, exchange, nameOf } from './process.js';

/** Clients that vanish while the server owes them something cost nobody else their answers. */
export function itSurvivesResets(name: string): void {
  it('survives clients that reset their connection in the middle of the stream', async () => {
    const server = await DemoServer.start(name);
    const witness = await server.connect();
    for (let i = 0; i < 10; i++) {
      const client = await server.connect();
      const address = nameOf(client);
      client.pause();
      client.write(Buffer.alloc(3_000_000));
      await server.logs(new RegExp(`received \\d+ bytes from ${address}`));
      client.resetAndDestroy();
      await server.logs(new RegExp(`closing ${address}: (ECONNRESET|EPIPE)\n`));
    }
    expect((await exchange(witness, Buffer.from('STILL HERE?'))).toString()).toBe('STILL HERE?');
    witness.destroy();
  });
}

/** With no descriptor left, new clients get their turn when others have left. */
export function itLetsClientsWait(name: string): void {
  it('lets new clients wait when it has no descriptor left, and says what to raise', async () => {
    const server = await DemoServer.startLimited(96, name);
    const clients = await Promise.all(Array.from({ length: 100 }, () => server.connect()));
    await server.logs('the limit of 96 open descriptors is reached; raise it with ulimit -n\n');
    for (const client of clients) {
      expect((await exchange(client, Buffer.from('MY TURN'))).toString()).toBe('MY TURN');
      client.destroy();
    }
  });
}
