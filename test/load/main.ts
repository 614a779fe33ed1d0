/**
 * The load: thousands of connections to one server at full speed, and what it costs.
 *
 *   npm run load -- --seconds 600 --connections 8000 --seed 1
 *
 * Every byte is compared when it has come back. Some clients read slowly, some close, some reset with bytes
 * under way. It ends with an error where a byte is wrong or missing, a connection was dropped, a descriptor is
 * left over, or memory grows.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Memory, type MemoryReport } from './memory.js';
import { Server } from './server.js';

/** What memory may seem to grow by over the whole run: live bytes, and those of the process. */
const LIVE_GROWTH = 16 << 20;
const RESIDENT_GROWTH = 128 << 20;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    connections: { type: 'string', default: '8000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const seconds = Number(values.seconds);

interface Answer {
  readonly opened: number;
  readonly closed: number;
  readonly reset: number;
  readonly dropped: number;
  readonly wrong: number;
  readonly bytes: number;
  readonly naps: number;
  readonly lost: number;
  readonly left: number;
  readonly memory: MemoryReport;
}

const failures: string[] = [];
function expectEqual(found: number, wanted: number, what: string): void {
  if (found !== wanted) failures.push(`${what}: ${found} instead of ${wanted}`);
}

const MB = 2 ** 20;
function report(name: string, { live, liveSlope, resident, residentSlope }: MemoryReport): void {
  const text = (bytes: number): string => (bytes / MB).toFixed(1);
  console.log(
    `${name}: ${text(live)} MiB live, ${text(liveSlope)} MiB/min; ` +
      `${text(resident)} MiB resident, ${text(residentSlope)} MiB/min`,
  );
  const minutes = seconds / 60;
  if (liveSlope * minutes > LIVE_GROWTH) failures.push(`${name}: live memory grows`);
  if (residentSlope * minutes > RESIDENT_GROWTH) failures.push(`${name}: resident memory grows`);
}

const openFds = (): number => readdirSync('/proc/self/fd').length;

function startClient(port: number): { child: ChildProcess; answer: Promise<Answer> } {
  const file = fileURLToPath(new URL('client.js', import.meta.url));
  const args = ['connections', 'seconds', 'seed'].flatMap((name) => [
    `--${name}`,
    String(values[name as 'seed']),
  ]);
  const child = spawn(process.execPath, [file, '--port', String(port), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const answer = once(child, 'close').then(([code]) => {
    if (code === 0) return JSON.parse(output) as Answer;
    console.error(`the client ended with ${code}\nseed ${values.seed}`);
    process.exit(1);
  });
  return { child, answer };
}

console.log(`seed ${values.seed}`);
// Node opens some descriptors with its first child.
await once(spawn('true'), 'close');
const before = openFds();
const server = new Server();
const { child, answer } = startClient(server.port);
let ended = false;
child.once('exit', () => {
  ended = true;
});
const memory = new Memory();
const every = Math.max(250, (seconds * 1000) / 60);
let nextSample = 0;
let most = 0;
const start = performance.now();
while (!ended || server.open > 0) {
  for (const until = performance.now() + 50; performance.now() < until; ) server.serve(0.01);
  most = Math.max(most, server.open);
  // Only at full load is it comparable.
  if (!ended && most >= Number(values.connections) && performance.now() > nextSample) {
    memory.sample();
    nextSample = performance.now() + every;
  }
  // Node's own turn, which hears of the end of the client.
  await turn();
}
const took = (performance.now() - start) / 1000;
const client = await answer;
server.close();
await turn();

console.log(
  `${most} connections at a time, ${client.opened} in all, ${took.toFixed(0)} s: ` +
    `${(client.bytes / 2 ** 30).toFixed(1)} GiB there and back, every byte compared, ` +
    `${(client.bytes / MB / took).toFixed(0)} MiB/s`,
);
console.log(
  `${client.closed} closed, ${client.reset} reset with bytes under way, ${client.naps} naps of slow readers, ` +
    `${server.stalls} times the server had to wait for one`,
);
report('server', memory.report());
report('client', client.memory);
expectEqual(client.wrong, 0, 'reads with a wrong byte');
expectEqual(client.dropped, 0, 'connections dropped');
expectEqual(client.lost, 0, 'connections whose bytes did not come back');
expectEqual(client.left, 0, 'descriptors left over in the client');
expectEqual(openFds() - before, 0, 'descriptors left over in the server');
expectEqual(server.accepted, client.opened, 'connections accepted');
expectEqual(server.closed + server.reset, client.opened, 'connections ended');
expectEqual(server.closed, client.closed, 'connections closed');
for (const failure of failures) console.error(`${failure}\nseed ${values.seed}`);
if (failures.length === 0) console.log('no byte wrong, no connection dropped, no descriptor left over');
process.exit(failures.length === 0 ? 0 : 1);
