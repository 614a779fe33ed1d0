/** libpq in this process: compiled and loaded for a test, where there are a compiler and the library. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** What libpq.c exports. */
export interface Libpq {
  connectStart(conninfo: string): 0 | 1;
  socket(): number;
  connectPoll(): number;
  notification(): string | null;
  finish(): void;
}

const output = (command: string, ...args: string[]): string =>
  spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() ?? '';

/** Compiles it to `file` and loads it; `undefined` where that cannot be. */
export function loadLibpq(file: string): Libpq | undefined {
  const headers = dirname(require.resolve('node-api-headers/include/node_api.h'));
  const flags = ['-shared', '-fPIC', '-Wall', '-Wextra', `-I${headers}`];
  const { status } = spawnSync('cc', [
    ...flags,
    `-I${output('pg_config', '--includedir') || '/usr/include/postgresql'}`,
    fileURLToPath(new URL('libpq.c', import.meta.url)),
    '-o',
    file,
    '-lpq',
  ]);
  return status === 0 ? require(file) : undefined;
}

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** A message of PostgreSQL's protocol: its type, its length, which counts itself, and the rest. */
function message(type: string, ...rest: Uint8Array[]): Buffer {
  const body = Buffer.concat(rest);
  return Buffer.concat([Buffer.from(type), word(body.length + 4), body]);
}

/** The server's answer to a client that may come in without a password. */
export const WELCOME = Buffer.concat([message('R', word(0)), message('Z', Buffer.from('I'))]);

/** What the server sends to those who LISTEN. */
export function notification(payload: string): Buffer {
  return message('A', word(1), Buffer.from(`channel\0${payload}\0`));
}
