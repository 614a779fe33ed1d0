/** What `npm pack` ships, and that it works where it is installed. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { deadLinks } from '../support/links.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  files: string[];
  exports: Record<string, unknown>;
  scripts: object;
  devDependencies: object;
};
const addon = join(root, 'build', 'Release', 'fd_selectors.node');
const entries = Object.keys(manifest.exports).filter((name) => name !== './package.json');
const names = entries.map((name) => name.replace('.', 'fd-selectors'));

const folder = mkdtempSync(join(tmpdir(), 'fd-selectors-pack-'));
const staged = join(folder, 'staged');
const project = join(folder, 'project');
let packed = '';
let tarball = '';
let shipped: string[] = [];

function run(command: string, args: string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: LIMIT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Packs a folder as it is, and makes of that what is published; gives the path of both, and of the files in them. */
function pack(source: string): { packed: string; tarball: string; files: string[] } {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename, files }] = JSON.parse(run('npm', args, source)) as [
    { filename: string; files: { path: string }[] },
  ];
  const packed = join(folder, filename);
  run(process.execPath, ['scripts/tarball.mjs', join(folder, 'published'), packed], root);
  return { packed, tarball: join(folder, 'published', filename), files: files.map(({ path }) => path) };
}

/** A copy of what is packed, with the addon that was built where prebuildify would put one. */
function stage(): void {
  const npmAlwaysTakes = ['package.json', 'README.md', 'LICENSE'];
  const listed = manifest.files.filter((name) => name !== 'prebuilds');
  for (const name of [...npmAlwaysTakes, ...listed]) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(staged, name), { recursive: true });
  }
  // What must not be shipped is there to be left out.
  for (const name of ['test', 'demos', 'build']) mkdirSync(join(staged, name), { recursive: true });
  for (const name of ['test/some.test.ts', 'demos/some.ts', 'binding.gyp', 'build/Release', '.env']) {
    writeFileSync(join(staged, name), '');
  }
  const prebuilds = join(staged, 'prebuilds', `linux-${process.arch}`);
  mkdirSync(prebuilds, { recursive: true });
  cpSync(addon, join(prebuilds, 'fd-selectors.node'));
}

beforeAll(() => {
  stage();
  ({ packed, tarball, files: shipped } = pack(staged));
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"private":true}');
  const flags = [
    '--offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--cache',
    join(folder, 'cache'),
  ];
  run('npm', ['install', ...flags, tarball], project);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('npm pack', () => {
  it.each([
    'package.json',
    'LICENSE',
    'addon.gypi',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/index.d.ts.map',
    'src/index.ts',
    'native/addon.cc',
    `prebuilds/linux-${process.arch}/fd-selectors.node`,
  ])('ships %s', (file) => {
    expect(shipped).toContain(file);
  });

  it('ships nothing but what was built, its sources, the peers of the benchmark and a few documents', () => {
    const expected = [
      /^dist\/.*\.(d\.ts|js)(\.map)?$/,
      /^src\/.*\.ts$/,
      /^native\/\w+\.(cc|h)$/,
      /^prebuilds\/linux-\w+\/fd-selectors\.node$/,
      /^bench\/peers\/\w+\.(c|h|py)$/,
      /^docs\/(building|bundling|errors)\.md$/,
      /^[A-Z]+(\.md)?$/,
    ];
    const alsoFine = [
      'README.zh-CN.md',
      'package.json',
      'bench/package.json',
      'demos/support/watch.html',
      'addon.gypi',
      'CMakeLists.txt',
    ];
    const others = shipped.filter(
      (file) => !expected.some((one) => one.test(file)) && !alsoFine.includes(file),
    );
    expect(others).toEqual([]);
    expect(shipped.filter((file) => /^test\/|\.test\.|\/results\/|node_modules/.test(file))).toEqual([]);
  });

  it('ships what each entry point and its types need', () => {
    const paths = JSON.stringify(manifest.exports).match(/dist\/[^"]*/g);
    expect(paths?.filter((path) => !shipped.includes(path))).toEqual([]);
  });
});

describe('npm run tarball', () => {
  it('keeps every file as it is but the manifest, in less room', () => {
    const installed = join(project, 'node_modules/fd-selectors');
    const changed = shipped.filter(
      (file) => !readFileSync(join(installed, file)).equals(readFileSync(join(staged, file))),
    );
    expect(changed).toEqual(['package.json']);
    expect(statSync(tarball).size).toBeLessThan(0.95 * statSync(packed).size);
  });

  it('leaves out of the manifest what only a checkout can use', () => {
    const { scripts: _scripts, devDependencies: _tools, ...rest } = manifest;
    const installed = readFileSync(join(project, 'node_modules/fd-selectors/package.json'), 'utf8');
    expect(JSON.parse(installed)).toEqual(rest);
  });
});

describe('the installed package', () => {
  // A document that is not shipped is in the repository, and there npm and GitHub lead.
  it('has no dead link in its documents', () => {
    const installed = join(project, 'node_modules/fd-selectors');
    const documents = shipped.filter((file) => file.endsWith('.md'));
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/building.md']));
    const dead = documents.flatMap((file) => {
      const inRepository = deadLinks(root, file);
      return deadLinks(installed, file).filter((to) => inRepository.includes(to));
    });
    expect(dead).toEqual([]);
  });

  it('leads from its types and its code to the sources', () => {
    const installed = join(project, 'node_modules/fd-selectors');
    for (const map of shipped.filter((file) => /^dist\/.*\.map$/.test(file))) {
      const { sources } = JSON.parse(readFileSync(join(installed, map), 'utf8')) as { sources: string[] };
      expect(sources.map((source) => existsSync(join(installed, dirname(map), source)))).toEqual([true]);
    }
    const code =
      "try { new (require('fd-selectors').PollSelector)().select(NaN) } catch (e) { console.log(e.stack) }";
    const said = run(process.execPath, ['--no-warnings', '--enable-source-maps', '-e', code], project);
    expect(said).toMatch(/fd-selectors\/src\/time\.ts:\d+/);
  });

  it('needs no other package', () => {
    expect(manifest).not.toHaveProperty('dependencies');
  });

  it.each(names)('%s can be imported and required', (name) => {
    const imported = `import * as m from '${name}'; console.log(Object.keys(m).sort().join())`;
    const required = `console.log(Object.keys(require('${name}')).filter((n) => n !== '__esModule').sort().join())`;
    const exportsOf = (type: string, code: string): string =>
      run(process.execPath, ['--no-warnings', `--input-type=${type}`, '-e', code], project);
    const found = exportsOf('module', imported);
    expect(found).not.toBe('');
    expect(exportsOf('commonjs', required)).toBe(found);
  });

  it('selects', () => {
    const code = `
      import { DefaultSelector, EVENT_READ } from 'fd-selectors';
      import { socketpair } from 'fd-selectors/socket';
      const [a, b] = socketpair();
      const sel = new DefaultSelector();
      sel.register(b, EVENT_READ, 'data');
      a.send(Buffer.from('ping'));
      for (const [key, events] of sel.select(1)) console.log(key.data, events, b.recv(9).toString());`;
    expect(run(process.execPath, ['--input-type=module', '-e', code], project)).toBe('data 1 ping\n');
  });

  const checked = [
    'proactor',
    'three-parts',
    'chat',
    'http',
    'keyvalue',
    'process-pool',
    'worker-per-request',
    '06-coroutines',
    'coroutine-echo',
    'coroutine-crawler',
  ];
  const ends: [name: string, said: RegExp][] = [
    ['three-tasks', /^event-driven: /m],
    ['models/compare', /^asynchronous .*\d {3}[a-z]/m],
    ...checked.map((name): [string, RegExp] => [name, /^checked: /m]),
  ];
  it.each(ends)('runs the demo %s', (name, expected) => {
    const said = run(join(project, 'node_modules', '.bin', 'fd-selectors'), ['demo', name], project);
    expect(said).toMatch(expected);
  });

  it('serves the page to look at', () => {
    const command = join(project, 'node_modules', '.bin', 'fd-selectors');
    const said = run(command, ['demo', 'watch', '--seconds', '0.5'], project);
    expect(said).toMatch(/\nlistening on .*, a page to look at: open http:.*\n0\.5 s are over/);
  });

  // As TypeScript 6 and 7 do without a tsconfig: no global types but those that the package itself refers to.
  it('has types that a strict project compiles with, which names no global types', () => {
    const source = `
      import { DefaultSelector, EVENT_READ } from 'fd-selectors';
      import { type Socket, socketpair } from 'fd-selectors/socket';
      const sel = new DefaultSelector<string, Socket>();
      sel.register(socketpair()[0], EVENT_READ, 'data');
      export const data: string | undefined = sel.select(0)[0]?.[0].data;
      // @ts-expect-error data is missing
      sel.register(socketpair()[0], EVENT_READ);
      // @ts-expect-error it is a Buffer
      export const n: number = socketpair()[0].recv(10);`;
    writeFileSync(join(project, 'use.mts'), source);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      isolatedModules: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      types: [],
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts'] }));
    mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
    for (const name of ['@types/node', 'undici-types']) {
      const from = join(root, 'node_modules', name);
      cpSync(from, join(project, 'node_modules', name), { recursive: true });
    }
    expect(run(process.execPath, [require.resolve('typescript/bin/tsc')], project)).toBe('');
  });

  it.each(entries)('refers to Node in the types of %s', (entry) => {
    const { types } = manifest.exports[entry] as { types: string };
    const text = readFileSync(join(project, 'node_modules/fd-selectors', types), 'utf8');
    expect(text).toMatch(/^\/\/\/ <reference types="node"/m);
  });
});
