/** The system, the runtime and the addon that it loaded. */
import { existsSync } from 'node:fs';
import { arch, availableParallelism, release } from 'node:os';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Native } from '../../native.js';
import { readProc } from './limits.js';
import { bad, type Finding, note, ok, reasonOf, type Section } from './report.js';

/** The folder of the package. */
const root = fileURLToPath(new URL('../../..', import.meta.url));

const { versions } = process as { versions: NodeJS.ProcessVersions & { bun?: string; deno?: string } };

/** `Node 20.19.1`, `Bun 1.2.3`, `Deno 2.1.0` */
export function runtimeName(): string {
  if (versions.bun !== undefined) return `Bun ${versions.bun}`;
  if (versions.deno !== undefined) return `Deno ${versions.deno}`;
  return `Node ${versions.node}`;
}

/** The C library by its own word, where the runtime has a report; `undefined` on musl. */
function glibcVersion(): string | undefined {
  try {
    const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
    return header.glibcVersionRuntime;
  } catch {
    return undefined;
  }
}

function cLibrary(maps: string): string {
  const glibc = glibcVersion();
  if (glibc !== undefined) return `glibc ${glibc}`;
  return /\/ld-musl-/.test(maps) ? 'musl' : 'unknown';
}

export function system(maps = readProc('self/maps') ?? ''): Section {
  const supported = process.platform === 'linux';
  const kernel = supported
    ? ok('kernel', `Linux ${release()} on ${arch()}, ${availableParallelism()} processors`)
    : bad('kernel', `${process.platform}: this package needs Linux`);
  const napi = `Node-API ${versions['napi'] ?? 'unknown'}`;
  return {
    title: 'System',
    findings: [kernel, ok('C library', cLibrary(maps)), ok('runtime', `${runtimeName()}, ${napi}`)],
  };
}

/** The addons of this package among what is mapped into the memory of this process. */
export function mappedAddons(maps: string): string[] {
  const files = maps
    .split('\n')
    .map((line) => /(\/.*fd[-_]selectors.*\.node)( \(deleted\))?$/.exec(line)?.[1]);
  return [...new Set(files.filter((file) => file !== undefined))];
}

/** Why the loader took a file. */
export function whyLoaded(file: string, env: NodeJS.ProcessEnv = process.env, top = root): string {
  const folder = env['FD_SELECTORS_PREBUILD'];
  if (folder !== undefined && file.startsWith(folder)) return 'FD_SELECTORS_PREBUILD names its folder';
  const path = relative(top, file);
  if (path.startsWith('build/')) return 'it was compiled here, which comes before a prebuilt one';
  if (path.startsWith('prebuilds/'))
    return `the prebuilt one for ${dirname(path).slice('prebuilds/'.length)}`;
  return 'found beside the program, not in the package';
}

/** Says which other files the loader could have taken. */
function alternatives(loaded: readonly string[]): Finding[] {
  const others = [`${root}build/Release/`, `${root}prebuilds/linux-${arch()}/`].filter(
    (path) => existsSync(path) && !loaded.some((file) => file.startsWith(path)),
  );
  return others.map((path) => ok('not loaded', relative(root, path)));
}

/** Loads the addon; without it, nothing else can be looked at. */
export async function addon(): Promise<{ section: Section; native: Native | undefined }> {
  const title = 'Addon';
  try {
    const { native } = await import('../../native.js');
    const files = mappedAddons(readProc('self/maps') ?? '');
    const loaded =
      files.length === 0
        ? [note('file', 'loaded, but /proc/self/maps does not show from where')]
        : files.flatMap((file) => [ok('file', relative(process.cwd(), file)), ok('why', whyLoaded(file))]);
    return { section: { title, findings: [...loaded, ...alternatives(files)] }, native };
  } catch (error) {
    const { message } = error as Error;
    return { section: { title, findings: [bad(reasonOf(error), message)] }, native: undefined };
  }
}
