/** Which build the tests run on: `npm run test:cmake` and the sanitizers choose another. */
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import '../../src/native.js';

it('is the build that FD_SELECTORS_PREBUILD names, and no other', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const chosen = realpathSync(process.env['FD_SELECTORS_PREBUILD'] ?? root);
  const maps = readFileSync('/proc/self/maps', 'utf8');
  const loaded = new Set(maps.match(/\/\S*fd_selectors\.node$/gm));
  expect([...loaded]).toEqual([`${chosen}/build/Release/fd_selectors.node`]);
});
