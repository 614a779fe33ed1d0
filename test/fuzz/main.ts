/**
 * The boundary with random arguments, of which a seed makes the same again:
 *
 *   npm run test:fuzz -- --seconds 60 --seed 1
 *
 * No call may throw, crash, or return anything but an integer; one with an argument that it does not take
 * returns -EINVAL, whatever the others are.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspect, parseArgs } from 'node:util';
import { Random } from '../soak/random.js';
import { type Call, calls, pool } from './calls.js';

const EINVAL = 22;
/** Calls between two looks at what is open. */
const ROUND = 500;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const random = new Random(Number(values.seed));
const root = fileURLToPath(new URL('../..', import.meta.url));
type Function = (...args: unknown[]) => unknown;
const native = createRequire(import.meta.url)('node-gyp-build')(root) as Record<string, Function>;
const names = Object.keys(calls).filter((name) => typeof native[name] === 'function');

const openFds = (): Set<number> => new Set(readdirSync('/proc/self/fd').map(Number));

function call(name: string, ...args: unknown[]): number {
  return native[name]?.(...args) as number;
}

/** Descriptors of each kind. */
function refill(): void {
  const two = new Int32Array(2);
  const NONBLOCK = 0x800;
  const CLOEXEC = 0x80000;
  for (const open of [
    () => call('pipe2', two, NONBLOCK | CLOEXEC),
    () => call('socketpair', 1, 1 | NONBLOCK, 0, two),
    () => call('socketpair', 1, 2 | NONBLOCK, 0, two),
    () => call('socketpair', 1, 5 | NONBLOCK, 0, two),
  ]) {
    if (open() === 0) pool.push(...two);
  }
  for (const fd of [
    call('epollCreate1', CLOEXEC),
    call('epollCreate1', CLOEXEC),
    call('eventfd', 0, NONBLOCK | CLOEXEC),
    call('timerfdCreate', 1, NONBLOCK | CLOEXEC),
    call('inotifyInit1', NONBLOCK | CLOEXEC),
    call('socket', 2, 1 | NONBLOCK, 0),
    call('socket', 2, 2 | NONBLOCK, 0),
    call('uringSetup', 4, new Int32Array(30)),
  ]) {
    if (fd >= 0) pool.push(fd);
  }
}

/** Closes all that a round has left open, and begins anew. */
function restart(before: ReadonlySet<number>): void {
  for (let watcher = 0; watcher < 64; watcher++) call('loopClose', watcher);
  for (const fd of openFds()) if (!before.has(fd) && call('uringClose', fd) < 0) call('close', fd);
  pool.length = 0;
  refill();
}

/** The arguments of a call, perhaps too few, and whether it takes them. */
function argumentsOf({ makes, optional }: Call): { args: unknown[]; valid: boolean } {
  const made = makes.map((make) => make(random));
  const count = random.chance(0.05) ? random.below(made.length + 1) : made.length;
  const given = made.slice(0, count);
  return {
    args: given.map(({ value }) => value),
    valid: count >= made.length - optional && given.every(({ valid }) => valid),
  };
}

/** What a call opened, to be used by others; a terminal blocks at first. */
function keep(...fds: number[]): void {
  for (const fd of fds) {
    call('setNonblock', fd, 1);
    pool.push(fd);
  }
}

const totals = { calls: 0, refused: 0, succeeded: 0 };

function fuzz(name: string): void {
  const { kind, ...rest } = calls[name] as Call;
  const { args, valid } = argumentsOf({ kind, ...rest });
  const fail = (what: string): never => {
    console.error(
      `${name}(${args.map((arg) => inspect(arg, { maxArrayLength: 3, breakLength: Infinity })).join(', ')}) ${what}\nseed ${values.seed}`,
    );
    process.exit(1);
  };
  let result: unknown;
  try {
    result = native[name]?.(...args);
  } catch (error) {
    fail(`throws ${String((error as Error).message)}`);
  }
  totals.calls++;
  if (!Number.isInteger(result) || (result as number) < -4095) fail(`returns ${inspect(result)}`);
  if (!valid && result !== -EINVAL) fail(`returns ${result}, not -EINVAL`);
  if ((result as number) >= 0) totals.succeeded++;
  else totals.refused++;
  if (kind === 'opens' && (result as number) >= 0) keep(result as number);
  if (kind === 'fills' && result === 0)
    keep(...(args.find((arg) => arg instanceof Int32Array) ?? []).slice(0, 2));
  if (kind === 'closes' && (result as number) >= 0) pool.splice(pool.indexOf(args[0] as number), 1);
  if (pool.length < 4) refill();
}

console.log(`seed ${values.seed}`);
refill();
call('loopOpen', pool[8], () => {});
await turn();
const before = new Set([...openFds()].filter((fd) => !pool.includes(fd)));
const end = performance.now() + Number(values.seconds) * 1000;
while (performance.now() < end) {
  restart(before);
  for (let i = 0; i < ROUND; i++) fuzz(random.pick(names));
  await turn();
}
restart(before);
console.log(
  `${totals.calls} calls of ${names.length} functions, ${totals.succeeded} of them successful: ` +
    'none threw, and none took what it must not',
);
process.exit(0);
