/** The slow clients of the models, in a process of their own: each sends one message, some time after it is told to. */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const [port, size, ...delays] = process.argv.slice(2).map(Number) as [number, number, ...number[]];

for (const [i, ms] of delays.entries()) {
  const socket = connect(port, '127.0.0.1', () => socket.write(Uint8Array.of(i)));
  socket.on('error', () => {}); // The model has ended early.
  socket.once('data', async () => {
    await delay(ms);
    const message = Buffer.alloc(size, `client ${i} `);
    message.writeBigInt64LE(process.hrtime.bigint());
    socket.end(message);
  });
}
