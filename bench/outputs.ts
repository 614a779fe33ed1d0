/** Where results go, found out before anything is measured. */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from './errors.js';

/**
 * Checks that a file can be written, and leaves it as it is.
 *
 * @throws {@link UsageError} if it cannot.
 */
export function checkWritable(option: string, file: string): void {
  const existed = existsSync(file);
  try {
    closeSync(openSync(file, 'a'));
    if (!existed) rmSync(file);
  } catch (error) {
    throw new UsageError(`--${option} cannot write ${file}: ${(error as Error).message}`);
  }
}

/** A file for results that nobody asked to keep: what took minutes is not thrown away. */
export function temporaryFile(now = new Date()): string {
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return join(tmpdir(), `fd-selectors-bench-${time}-${process.pid}.json`);
}
