/**
 * Compiles the shim, and runs main.ts under it:
 *
 *   npm run test:faults
 *   npm run test:faults -- --only EpollSelector
 *
 * It ends with 77 where there is no C compiler.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Compiles the shim to `file`; returns `false` where there is no C compiler. */
function compile(file: string): boolean {
  const headers = dirname(require.resolve('node-api-headers/include/node_api.h'));
  // Lazy: the programs that Node starts load the shim, too, and have no Node-API.
  const flags = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-Wl,-z,lazy', `-I${headers}`];
  const source = here('../../test/fault/shim.c');
  const { status, error } = spawnSync('cc', [...flags, source, '-o', file, '-ldl'], { stdio: 'inherit' });
  if (status === 0) return true;
  if (error === undefined) throw new Error('The shim does not compile');
  console.log('there is no C compiler');
  return false;
}

const dir = mkdtempSync(join(tmpdir(), 'fd-selectors-fault-'));
try {
  const shim = join(dir, 'shim.node');
  if (compile(shim)) {
    const preload = [shim, process.env['LD_PRELOAD'] ?? ''].filter((it) => it !== '').join(':');
    const { status } = spawnSync(process.execPath, [here('main.js'), ...process.argv.slice(2)], {
      stdio: 'inherit',
      env: { ...process.env, LD_PRELOAD: preload, FD_SELECTORS_SHIM: shim },
      timeout: 600_000,
      killSignal: 'SIGKILL',
    });
    process.exitCode = status ?? 1;
  } else {
    process.exitCode = 77;
  }
} finally {
  rmSync(dir, { recursive: true });
}
