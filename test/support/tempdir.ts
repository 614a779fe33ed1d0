import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory of its own, which goes when the test ends. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'fd-selectors-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}
