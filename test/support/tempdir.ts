import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory that goes when the variable does: `using dir = tempdir()`. */
export function tempdir(): { readonly path: string; join(name: string): string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'fd-selectors-'));
  return {
    path,
    join: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
