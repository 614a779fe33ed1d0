/** Imports run one way only: this test is where the rules are kept. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = (pattern: string): string[] =>
  ts.sys
    .readDirectory(join(root, pattern), ['.ts', '.cc', '.h'], ['**/node_modules'])
    .map((file) => relative(root, file));
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

/** What anyone may import. */
const ANYONE = ['arguments', 'constants', 'errors', 'fileno', 'pollone', 'time', 'track'];

/** By the first part of its path under src: what a file may import, besides what is beside it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  index: ['selectors', 'errors', 'fileno', 'time'],
  native: ['addon'],
  addon: [],
  errors: ['native'],
  arguments: ['errors', 'native'],
  fileno: ['arguments', 'errors'],
  time: ['arguments', 'native'],
  constants: ['native'],
  pollone: ['native'],
  track: ['native'],
  select: ['native', ...ANYONE],
  loop: ['native', ...ANYONE],
  selectors: ['select', 'loop', 'native', ...ANYONE],
  socket: ['native', ...ANYONE],
  fds: ['native', ...ANYONE],
  batch: ['selectors', 'socket', 'loop', 'native', ...ANYONE],
  coroutines: ['batch', 'selectors', 'socket', 'fds', 'loop', 'native', ...ANYONE],
  uring: ['socket', 'loop', 'native', ...ANYONE],
  cli: ['addon', 'native', 'loop', 'selectors', 'fds', 'uring'],
};

/** `src/select/epoll.ts` is of `select`, `src/errors.ts` of `errors`. */
function partOf(file: string): string {
  return file.split('/')[1]?.replace(/\.ts$/, '') ?? '';
}

/** What a file imports: files of this project by path, all else by name. */
function importsOf(file: string): string[] {
  return ts.preProcessFile(text(file), true, true).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith('.')) return fileName;
    return normalize(join(dirname(file), fileName)).replace(/\.js$/, '.ts');
  });
}

const sources = files('src');

describe('imports in src', () => {
  it.each(sources)('%s imports only what its part may', (file) => {
    const part = partOf(file);
    const allowed = MAY_IMPORT[part];
    expect(allowed, `add ${part} to the rules`).toBeDefined();
    const parts = importsOf(file).filter((name) => !name.startsWith('node:'));
    const foreign = parts.filter((name) => {
      const its = partOf(name);
      return !name.startsWith('src/') || !(its === part || allowed?.includes(its));
    });
    expect(foreign).toEqual([]);
  });

  it('go in no circle', () => {
    const graph = new Map(
      sources.map((file) => [file, importsOf(file).filter((name) => sources.includes(name))]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (file: string, path: string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (path.includes(file) || done.has(file)) return;
      for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    };
    for (const file of sources) walk(file, []);
    expect(circles).toEqual([]);
  });

  it('load the addon in addon.ts only', () => {
    const loaders = sources.filter((file) =>
      /node-gyp-build|createRequire|\.node['"`]|dlopen/.test(text(file)),
    );
    expect(loaders).toEqual(['src/addon.ts']);
  });
});

describe('imports elsewhere', () => {
  it('native/ includes uv.h in one file', () => {
    const including = files('native').filter((file) => /#include\s*<uv\.h>/.test(text(file)));
    expect(including).toEqual(['native/uvnotifier.cc']);
  });

  const users = ['demos', 'bench'].flatMap(files).filter((file) => file.endsWith('.ts'));
  it.each(users)('%s uses the public entry points', (file) => {
    const folder = `${file.split('/')[0]}/`;
    const inside = importsOf(file).filter((name) => name.includes('/') && !name.startsWith('node:'));
    const wrong = inside.filter((name) => !name.startsWith(folder) && !/^fd-selectors(\/\w+)?$/.test(name));
    expect(wrong).toEqual([]);
  });
});
