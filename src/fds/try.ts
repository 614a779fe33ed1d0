/** What the `try` twins of counters and their kin share: they return `null` where the call would block, and only there. */
import { check, errnoOf } from '../errors.js';
import type { Result } from '../native.js';

const EAGAIN = errnoOf('EAGAIN');

/** The result, or `null` for EAGAIN; any other errno throws, as in `check`. */
export function tryCheck(result: Result, syscall: string): number | null {
  return result === -EAGAIN ? null : check(result, syscall);
}
