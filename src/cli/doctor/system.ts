/** The system, the runtime and the addon that it loaded. */
import { existsSync } from 'node:fs';
import { arch, availableParallelism, release } from 'node:os';
import { relative } from 'node:path';
import { type Place, places } from '../../addon.js';
import type { Native } from '../../native.js';
import { readProc } from './limits.js';
import { bad, type Finding, note, ok, reasonOf, type Section } from './report.js';

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

/** The kernel, the C library, found among the mappings of this process, and the runtime. */
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

/** Why the loader took a file, and which others it could have taken. */
export function reasonsFor(loaded: readonly string[], known: readonly Place[] = places()): Finding[] {
  const shown = (file: string): string => relative(process.cwd(), file);
  const taken = loaded.flatMap((file) => {
    const why =
      known.find((place) => place.file === file)?.why ?? 'not where the loader looks: a copy, or a link';
    return [ok('file', shown(file)), ok('why', why)];
  });
  const others = known.filter(({ file }) => !loaded.includes(file) && existsSync(file));
  return [...taken, ...others.map(({ file, why }) => ok('also there', `${shown(file)} (${why})`))];
}

/** Loads the addon; without it, nothing else can be looked at. */
export async function addon(): Promise<{ section: Section; native: Native | undefined }> {
  const title = 'Addon';
  try {
    const { native } = await import('../../native.js');
    const files = mappedAddons(readProc('self/maps') ?? '');
    const findings =
      files.length > 0
        ? reasonsFor(files)
        : [note('file', 'loaded, but /proc/self/maps does not show from where')];
    return { section: { title, findings }, native };
  } catch (error) {
    const { message } = error as Error;
    return { section: { title, findings: [bad(reasonOf(error), message)] }, native: undefined };
  }
}
