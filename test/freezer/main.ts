/**
 * The freezer: runs tests, and stops the programs that they start at random moments, for a millisecond to three
 * seconds. A test that takes something for done because it usually is by then fails here.
 *
 *   npm run test:freezer -- test/demos test/bench
 *   SEED=7 npm run test:freezer -- test/demos/http.test.ts
 *
 * SIGSTOP and SIGCONT end a blocking wait early, as any signal does (docs/event-loop.md). So the processes in which
 * the tests themselves run are left alone, and what strace traces. A test that counts the waits of its program may
 * fail rightly, and so may one that itself blocks in a wait: SIGCHLD says that a child was stopped.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const { SEED = String(Date.now() % 2 ** 31) } = process.env;
let state = Number(SEED) || 1;
/** A number from `low` to `high`. */
function random(low: number, high: number): number {
  state = (state * 48271) % 2147483647;
  return low + (state / 2147483647) * (high - low);
}

/** What a file says of a process, which may have ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The children that any thread of a process has started. */
function childrenOf(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    return tasks.flatMap((task) =>
      read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** script(1) stops itself when its child is stopped, and waits for a shell to continue it. */
const LEFT_ALONE = /^(strace|script)$/;

/** The processes that a test has started, and theirs. */
function* programsOf(pid: number): Generator<number> {
  for (const child of childrenOf(pid)) {
    if (LEFT_ALONE.test(read(`/proc/${child}/comm`).trim())) continue;
    if (/^TracerPid:\t0$/m.test(read(`/proc/${child}/status`))) yield child;
    yield* programsOf(child);
  }
}

/** Milliseconds: mostly a moment, sometimes long enough to miss a timeout of the program. */
function howLong(): number {
  const dice = random(0, 1);
  if (dice < 0.85) return random(1, 30);
  return dice < 0.985 ? random(50, 400) : random(1000, 3000);
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/** When each process that is stopped goes on, and then may be stopped again: it runs for at least half of the time. */
const stopped = new Map<number, number>();
const spared = new Map<number, number>();
let stops = 0;

function thaw(now: number): void {
  for (const [pid, end] of stopped) {
    if (end > now) continue;
    stopped.delete(pid);
    signal(pid, 'SIGCONT');
  }
}

function freeze(programs: readonly number[], now: number): void {
  const pid = programs[Math.floor(random(0, programs.length))];
  if (pid === undefined || now < (spared.get(pid) ?? 0)) return;
  const time = howLong();
  stopped.set(pid, now + time);
  spared.set(pid, now + 2 * time + 5);
  signal(pid, 'SIGSTOP');
  stops++;
}

const bin = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const runner = spawn(process.execPath, [bin, 'run', ...process.argv.slice(2)], { stdio: 'inherit' });
const ended = new Promise<number | null>((resolve) => runner.once('close', resolve));
let running = true;
void ended.then(() => {
  running = false;
});

while (running) {
  const now = performance.now();
  thaw(now);
  freeze(
    childrenOf(runner.pid as number).flatMap((fork) => [...programsOf(fork)]),
    now,
  );
  await delay(random(1, 15));
}
thaw(Infinity);
console.log(`\nstopped ${stops} times, with SEED=${SEED}`);
process.exitCode = (await ended) ?? 1;
