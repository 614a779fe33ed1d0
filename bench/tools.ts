/** What the peers need: a C compiler, Pythons, npm packages. Found once, named as absent if not. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a subject is run: the command, to which the workload is added. */
export interface Command {
  readonly words: readonly string[];
  /** What it is a version of, with the number. */
  readonly version: string;
  /** Whether it is compiled while it runs, where it is hot. */
  readonly compiles?: boolean;
}

/** Whether this file is dist/bench/tools.js, as users run it, or bench/tools.ts, as the tests do. */
const isBuilt = !existsSync(new URL('../package.json', import.meta.url));
/** The root of the package. */
export const ROOT = fileURLToPath(new URL(isBuilt ? '../..' : '..', import.meta.url));
const PEERS = join(ROOT, 'bench/peers');
const BUILD = join(ROOT, 'build-bench');

const CFLAGS = ['-O2', '-D_GNU_SOURCE', '-pthread'];
/** Debian's own comes first: it is built for speed, and its packages gevent and uvloop are there. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

function run(command: string, ...words: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8', timeout: 60_000 });
  return status === 0 ? stdout.trim() : undefined;
}

function newest(dir: string): number {
  return Math.max(...readdirSync(dir).map((file) => statSync(join(dir, file)).mtimeMs));
}

/** Finds and builds; asked twice for the same, it answers from memory. */
export class Tools {
  readonly #found = new Map<string, string | undefined>();

  #once(key: string, find: () => string | undefined): string | undefined {
    if (!this.#found.has(key)) this.#found.set(key, find());
    return this.#found.get(key);
  }

  /** The command that pins to a core, or nothing where there is no taskset. */
  pin(core: number): string[] {
    const works = this.#once('taskset', () => run('taskset', '-c', '0', 'true'));
    return works === undefined ? [] : ['taskset', '-c', `${core}`];
  }

  /** The first line that `cc --version` prints. */
  get compiler(): string | undefined {
    return this.#once('cc', () => run('cc', '--version')?.split('\n')[0]);
  }

  /** A program of bench/peers, linked with a library if one is named. */
  compiled(name: string, library = '', ...words: string[]): Command | string {
    if (this.compiler === undefined) return 'there is no C compiler (cc)';
    const program = join(BUILD, name);
    const built = this.#once(`compiled ${name}`, () => {
      if (existsSync(program) && statSync(program).mtimeMs > newest(PEERS)) return 'built';
      mkdirSync(BUILD, { recursive: true });
      const link = library === '' ? [] : [`-l${library}`];
      return run('cc', ...CFLAGS, join(PEERS, `${name}.c`), '-o', program, ...link);
    });
    if (built === undefined) return library === '' ? 'it does not compile' : `lib${library} is not installed`;
    return { words: [program, ...words], version: this.compiler };
  }

  /** A script of bench/peers on the first Python that has the module. */
  python(file: string, module: string, ...words: string[]): Command | string {
    const code = [
      `import sys, platform, ${module}`,
      `version = getattr(${module}, "__version__", "")`,
      `print(sys.executable, "Python", platform.python_version(), ("${module} " + version) if version else "")`,
    ].join('\n');
    const found = this.#once(`python ${module}`, () => {
      for (const python of PYTHONS) {
        const line = run(python, '-c', code);
        if (line !== undefined) return line;
      }
      return undefined;
    });
    if (found === undefined) return `no python3 has the module ${module}`;
    const [python = '', ...version] = found.split(' ');
    return { words: [python, '-B', join(PEERS, file), ...words], version: version.join(' ').trim() };
  }

  /** A command that needs an npm package of bench/package.json. */
  npm(name: string, { words }: Command): Command | string {
    const version = this.#once(`npm ${name}`, () => {
      try {
        const load = createRequire(join(ROOT, 'bench/package.json'));
        load(name);
        return (load(`${name}/package.json`) as { version: string }).version;
      } catch {
        return undefined;
      }
    });
    return version === undefined ? `npm ${name} is not installed` : { words, version: `${name} ${version}` };
  }
}
