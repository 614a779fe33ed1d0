import { spawnSync } from 'node:child_process';
import { LIMIT } from './limit.js';

/** Whether a command is there and succeeds. */
export function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: LIMIT }).status === 0;
}
