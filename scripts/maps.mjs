/**
 * Makes the source maps in dist/ a quarter of their size: one mapping for each line. An editor and a stack trace land on
 * the right line of the TypeScript, which is what the maps are shipped for.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, encode } from '@jridgewell/sourcemap-codec';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

for (const name of readdirSync(dist, { recursive: true })) {
  if (!name.endsWith('.map')) continue;
  const file = join(dist, name);
  const { version, file: compiled, sources, mappings } = JSON.parse(readFileSync(file, 'utf8'));
  const lines = decode(mappings).map((line) => line.slice(0, 1).map((first) => first.slice(0, 4)));
  writeFileSync(
    file,
    JSON.stringify({ version, file: compiled, sources, names: [], mappings: encode(lines) }),
  );
}
