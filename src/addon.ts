/**
 * Finds and loads the C++ addon. A failure says what to do about it: an installed package cannot ask its user
 * to read a message of the dynamic linker.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A place where the addon may be, and why it is looked for there. */
export interface Place {
  readonly file: string;
  readonly why: string;
}

/** An error of loading: `code` is Node's own where Node has one. */
interface LoadError extends Error {
  code?: string;
}

const { arch, env, execPath, platform } = process;
const HELP = 'See docs/building.md in the package.';

/** A bundler to CommonJS leaves nothing of `import.meta`; then this is where the bundle is. */
const here = import.meta.dirname ?? (typeof __dirname === 'string' ? __dirname : dirname(execPath));

/** The places in a folder: a local build comes before the binary that was shipped. */
function inFolder(folder: string, whose: string): Place[] {
  return [
    { file: join(folder, 'build', 'Release', 'fd_selectors.node'), why: `compiled in ${whose}` },
    {
      file: join(folder, 'prebuilds', `linux-${arch}`, 'fd-selectors.node'),
      why: `prebuilt, in ${whose}`,
    },
  ];
}

/** Where the addon is looked for, the first that exists counts. */
export function places(): Place[] {
  const chosen = env['FD_SELECTORS_PREBUILD'];
  if (chosen) return inFolder(chosen, 'the folder that FD_SELECTORS_PREBUILD names');
  return [
    ...inFolder(join(here, '..'), 'the package'),
    // Bundled, or a single executable: prebuilds/ is beside it.
    {
      file: join(here, 'prebuilds', `linux-${arch}`, 'fd-selectors.node'),
      why: 'prebuilt, beside the bundle',
    },
    {
      file: join(dirname(execPath), 'prebuilds', `linux-${arch}`, 'fd-selectors.node'),
      why: 'prebuilt, beside the executable',
    },
  ];
}

/** Returns the place that the addon is loaded from, or `undefined`. */
export function findAddon(): Place | undefined {
  return places().find(({ file }) => existsSync(file));
}

/** The architectures that were shipped, for the message. */
function shipped(): string {
  try {
    const found = readdirSync(join(here, '..', 'prebuilds'));
    if (found.length > 0) return `The package has it for ${found.sort().join(' and ')}.`;
  } catch {
    // No such folder: a checkout that is not built, or a bundle without it.
  }
  return 'There is no folder prebuilds/, neither in the package nor beside the bundle.';
}

function failure(code: string, message: string, cause?: unknown): LoadError {
  const error: LoadError = new Error(message, cause === undefined ? undefined : { cause });
  error.code = code;
  return error;
}

function notReadable(cause?: unknown): LoadError {
  return failure(
    'ERR_ACCESS_DENIED',
    'fd-selectors cannot read its addon: start Node with --allow-fs-read for the folder of the package',
    cause,
  );
}

function notFound(): LoadError {
  // Newer versions of Node say of what they may not read that it does not exist.
  if (process.permission?.has('fs.read', places()[0]?.file) === false) return notReadable();
  return failure(
    'ERR_ADDON_NOT_FOUND',
    `fd-selectors has no compiled addon for linux-${arch}. ${shipped()} ` +
      `To compile it takes two commands, no approval of install scripts, and a C++20 compiler. ${HELP}`,
  );
}

/** What the dynamic linker says about a library that is too old, another, or not there. */
const LINKER: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [
    /version [`'](\w+?)_([\d.]+)' not found/,
    ([, library, version]) =>
      `The ${library === 'GLIBC' ? 'C' : 'C++'} library of this machine is too old: ${library}_${version} is needed.`,
  ],
  [
    /(\S+(?<!\.node)): cannot open shared object file|Error loading shared library (\S+(?<!\.node)):/,
    ([, library, onMusl]) =>
      `The library ${library ?? onMusl} is missing: install libstdc++ (apk add libstdc++, apt-get install libstdc++6).`,
  ],
  [
    /Error relocating|undefined symbol: ?(?!napi_|uv_)|symbol not found/,
    () => 'It was compiled for another C library than the one of this machine.',
  ],
  [
    // glibc skips a file of another machine as if it were not there.
    /\.node: cannot open shared|wrong ELF class|invalid ELF header|Exec format error/,
    () => `It was compiled for another architecture than linux-${arch}.`,
  ],
];

function notLoaded({ file, why }: Place, cause: LoadError): LoadError {
  const { code, message, name } = cause;
  if (code === 'ERR_ACCESS_DENIED') return notReadable(cause);
  if (code === 'ERR_DLOPEN_DISABLED' || name === 'NotCapable') {
    return failure(
      'ERR_DLOPEN_DISABLED',
      'fd-selectors is a native addon, and addons are disabled: start Node with --allow-addons beside --permission, ' +
        'or without --no-addons; start Deno with --allow-ffi',
      cause,
    );
  }
  const [pattern, reason] = LINKER.find(([known]) => known.test(message)) ?? [];
  const said = pattern?.exec(message);
  const text = reason && said ? reason(said) : message;
  return failure(
    'ERR_DLOPEN_FAILED',
    `fd-selectors cannot load ${file} (${why}). ${text} To compile it here takes two commands. ${HELP}`,
    cause,
  );
}

/**
 * Loads the addon.
 *
 * @throws Error with `code`: `ERR_UNSUPPORTED_PLATFORM` where this is not Linux; `ERR_ADDON_NOT_FOUND` where no file
 * was compiled for this architecture; `ERR_DLOPEN_FAILED` where the file does not load, because a library is
 * missing, too old or another; `ERR_DLOPEN_DISABLED` where addons are disabled, and `ERR_ACCESS_DENIED` where the
 * permissions of the process do not let it read the file.
 */
export function loadAddon(): unknown {
  if (platform !== 'linux') {
    throw failure(
      'ERR_UNSUPPORTED_PLATFORM',
      `fd-selectors needs Linux, this is ${platform}. It runs in WSL 2 and in Linux containers.`,
    );
  }
  let place: Place | undefined;
  try {
    place = findAddon();
  } catch (cause) {
    throw notReadable(cause);
  }
  if (place === undefined) throw notFound();
  try {
    return createRequire(place.file)(place.file);
  } catch (cause) {
    throw notLoaded(place, cause as LoadError);
  }
}
