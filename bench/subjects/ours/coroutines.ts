/** Coroutines of ours, one measurement for each process: switch, memory, timers, echo. */
import { joinall, run, type Socket, StreamServer, sleep, spawn } from 'fd-selectors/coroutines';
import { IPPROTO_TCP, TCP_NODELAY } from 'fd-selectors/socket';
import { answer, count, now, parameter } from '../workload.js';

const N = count('tasks', 100_000);

/** Two tasks that give way to each other. */
function* switching() {
  const turns = 300_000;
  const pingPong = function* () {
    for (let i = 0; i < turns; i++) yield* sleep(0);
  };
  for (let round = 0; ; round++) {
    const start = now();
    yield* joinall([spawn(pingPong), spawn(pingPong)]);
    if (round === 3) return { ns: (now() - start) / (2 * turns) };
  }
}

/** Bytes of heap of a task that sleeps, with its generators, and the time to start one. */
function* memory() {
  yield* joinall(Array.from({ length: 1000 }, () => spawn(sleep, 0)));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = now();
  const tasks = Array.from({ length: N }, () =>
    spawn(function* () {
      yield* sleep(1000);
    }),
  );
  yield* sleep(0);
  const took = now() - start;
  globalThis.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / tasks.length;
  return { bytes, ns: took / N };
}

/** Sleepers with deadlines all over half a second: the time for each, above the time that passes. */
function* timers() {
  const { user, system } = process.cpuUsage();
  yield* joinall(Array.from({ length: N }, (_, i) => spawn(sleep, 0.5 + ((i * 7919) % 1000) / 2000)));
  const after = process.cpuUsage();
  return { ns: ((after.user + after.system - user - system) * 1e3) / N };
}

function* serve(conn: Socket) {
  const buffer = Buffer.allocUnsafe(1024);
  conn.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  try {
    for (let n = yield* conn.recvInto(buffer); n > 0; n = yield* conn.recvInto(buffer)) {
      yield* conn.sendall(buffer, 0, n);
    }
  } catch (error) {
    if ((error as { code?: string }).code !== 'ECONNRESET') throw error;
  }
}

function* echo() {
  const server = new StreamServer(['127.0.0.1', 0], serve, { backlog: 4096 });
  server.start();
  answer({ port: (server.address as [string, number])[1] });
  yield* server.serveForever();
}

const trial = parameter('trial', 'switch');
if (trial === 'echo') run(echo);
else answer(run(trial === 'memory' ? memory : trial === 'timers' ? timers : switching));
