/** A short soak of batches; `node build-soak/soak/batch.js` runs as long as wanted. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('an echo server in batches serves hostile clients for two seconds, and leaves no descriptor', () => {
  const main = fileURLToPath(new URL('../../build-soak/soak/batch.js', import.meta.url));
  const args = [main, '--seconds', '2', '--clients', '100'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 100_000,
  });
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^seed \d+\n\d+ lives of clients, \d+ events\nno violation, and no descriptor left over\n$/,
  );
}, 120_000);
