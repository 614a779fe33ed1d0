/** Which test files have a process of their own: vitest.config.ts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What a file names that counts what its process has open, measures how busy it is, or changes it: signals, threads,
 * descriptors at numbers of its choice, functions put in the place of others. What another file left behind must not
 * be found there.
 */
const OWN = new RegExp(
  [
    String.raw`\b(openFds|cpuUsage|worker_threads|dup2|\w+Share(Of)?|vi\.(fn|spyOn))\b`,
    String.raw`(?<!\.)\bprocess\.(on|once|emit)\(|\bprocess\.kill\(process\.pid`,
    String.raw`/proc/self/(fd|task|maps)\b`,
    // The end of a child is a signal, SIGCHLD, which ends a wait of whoever runs then.
    String.raw`\b(spawn|exec|execFile|fork)\b[^;]* from 'node:child_process'`,
  ].join('|'),
);

/** Must a file with this text run in a process of its own? */
export const needsProcess = (text: string): boolean => OWN.test(text);

/** A test file, and the helpers that it imports. */
function withHelpers(root: string, file: string, found = new Set<string>()): Set<string> {
  if (found.has(file) || !file.startsWith('test/') || !existsSync(join(root, file))) return found;
  found.add(file);
  for (const [, name] of readFileSync(join(root, file), 'utf8').matchAll(/from '(\.[^']+)\.js'/g)) {
    withHelpers(root, join(dirname(file), `${name}.ts`), found);
  }
  return found;
}

/** The test files below a folder: those that need a process each, and those that share one. */
export function testFiles(root: string): { own: string[]; shared: string[] } {
  const names = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.test.ts')).map((name) => `test/${name}`);
  const texts = (file: string): string[] =>
    [...withHelpers(root, file)].map((name) => readFileSync(join(root, name), 'utf8'));
  const own = files.filter((file) => texts(file).some(needsProcess));
  return { own, shared: files.filter((file) => !own.includes(file)) };
}
