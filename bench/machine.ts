/** Where the benchmark runs. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Machine, Recording } from './results.js';
import { ROOT } from './tools.js';

/** What a reader must know of this machine to judge the figures. */
export function describeMachine(): Machine {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return {
    kernel: `Linux ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    load: loadavg()[0] ?? 0,
    node: process.versions.node,
    version,
  };
}

function git(...words: string[]): string {
  return execFileSync('git', ['-C', ROOT, ...words], { encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** What a recording depends on: everything but what publishing it writes. */
const MEASURED = ['.', ':(exclude)bench/report', ':(exclude)docs/benchmarks.md'];

/** The commit that is measured, and whether anything differs from it; nothing outside of a checkout. */
export function describeCheckout(): Pick<Recording, 'commit' | 'modified'> {
  if (!existsSync(join(ROOT, '.git'))) return {};
  try {
    return {
      commit: git('rev-parse', '--short=12', 'HEAD'),
      modified: git('status', '--porcelain', '--', ...MEASURED) !== '',
    };
  } catch {
    return {};
  }
}

/** How many descriptors a process may open; Node has raised its own limit to it. */
export function descriptorLimit(): number {
  const line = /^Max open files\s+\d+\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return line?.[1] === undefined || line[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line[1]);
}
