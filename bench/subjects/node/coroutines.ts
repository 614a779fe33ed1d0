/** The same as ours/coroutines.ts with promises: `async`/`await`, timers of Node's, `node:net`. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { answer, count, now, parameter } from '../workload.js';

const N = count('tasks', 100_000);

async function switching() {
  const turns = 300_000;
  const pingPong = async () => {
    for (let i = 0; i < turns; i++) await null;
  };
  for (let round = 0; ; round++) {
    const start = now();
    await Promise.all([pingPong(), pingPong()]);
    if (round === 3) return { ns: (now() - start) / (2 * turns) };
  }
}

async function memory() {
  await Promise.all(Array.from({ length: 1000 }, () => delay(0)));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = now();
  const tasks = Array.from({ length: N }, async () => {
    await delay(1e6, undefined, { ref: false });
  });
  await null;
  const took = now() - start;
  globalThis.gc?.();
  return { bytes: (process.memoryUsage().heapUsed - before) / tasks.length, ns: took / N };
}

async function timers() {
  const { user, system } = process.cpuUsage();
  await Promise.all(Array.from({ length: N }, (_, i) => delay(500 + ((i * 7919) % 1000) / 2)));
  const after = process.cpuUsage();
  return { ns: ((after.user + after.system - user - system) * 1e3) / N };
}

async function serve(socket: Socket) {
  try {
    for await (const data of socket) {
      if (!socket.write(data)) await new Promise((resolve) => socket.once('drain', resolve));
    }
  } catch {
    socket.destroy();
  }
}

const trial = parameter('trial', 'switch');
if (trial === 'echo') {
  const server = createServer({ noDelay: true }, (socket) => void serve(socket));
  server.listen(0, '127.0.0.1', 4096, () => answer({ port: (server.address() as AddressInfo).port }));
} else {
  answer(await (trial === 'memory' ? memory : trial === 'timers' ? timers : switching)());
}
