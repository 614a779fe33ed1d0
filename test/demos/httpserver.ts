/** The server of demos/http, on a folder with files of all kinds. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { folder } from './fixture.js';
import { DemoServer } from './process.js';

export const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
export const LARGE = randomBytes(3_000_000);

/** A server on a folder with some files, and the folder. */
export async function serve(...args: string[]): Promise<{ server: DemoServer; root: string }> {
  const root = folder();
  mkdirSync(`${root}/site/sub`, { recursive: true });
  writeFileSync(`${root}/secret.txt`, 'secret');
  writeFileSync(`${root}/site/letters.txt`, LETTERS);
  writeFileSync(`${root}/site/empty.txt`, '');
  writeFileSync(`${root}/site/.hidden`, 'hidden');
  writeFileSync(`${root}/site/index.html`, '<h1>index</h1>');
  writeFileSync(`${root}/site/sub/a<b>&.txt`, 'odd');
  writeFileSync(`${root}/site/large.bin`, LARGE);
  symlinkSync('../secret.txt', `${root}/site/out.txt`);
  symlinkSync('letters.txt', `${root}/site/in.txt`);
  execFileSync('mkfifo', [`${root}/site/fifo`]);
  const server = await DemoServer.start('http', '--root', `${root}/site`, ...args);
  return { server, root: `${root}/site` };
}
