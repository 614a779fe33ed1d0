/**
 * Says what compiled addons need from the machine that loads them, and fails where that is more than Node needs:
 *
 *     node scripts/symbols.mjs FILE...
 *
 * An addon that is not linked with the C library asks for no version of it, so its header cannot tell: each name is
 * looked up in the libraries of the compiler that it was built with. It takes readelf, which comes with any compiler.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The newest versions that an addon may need: what Node 20 needs itself, but GLIBCXX_3.4.21 is more than it takes. */
const FLOORS = { GLIBC: '2.28', GLIBCXX: '3.4.18', CXXABI: '1.3.9', GCC: '4.3.0' };
/** The C library is Node's own; and nothing else may be asked for. */
const LIBRARIES = ['libstdc++.so.6'];
/** Names with two meanings, of which the older one does as well. */
const EITHER = ['memcpy'];

const COMPILERS = { 'Advanced Micro Devices X86-64': 'x86_64', AArch64: 'aarch64' };
const MUSL = { x86_64: '/usr/lib/x86_64-linux-musl/libc.so', aarch64: '/usr/lib/aarch64-linux-musl/libc.so' };

const readelf = (...args) => execFileSync('readelf', ['-W', ...args], { encoding: 'utf8' });

function newer(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const at = left.findIndex((part, i) => part !== (right[i] ?? 0));
  return at !== -1 && left[at] > (right[at] ?? 0);
}

/** The dynamic symbols of a file: `{ address, bind, defined, name, version }`. */
function symbolsOf(file) {
  return readelf('--dyn-syms', file)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([number, , , type, , , , name]) => /^\d+:$/.test(number) && type !== 'SECTION' && name)
    .map(([, address, , , bind, , section, name]) => {
      const [plain, version] = name.split(/@+/);
      return { address, bind, defined: section !== 'UND', name: plain, version };
    });
}

/** Where each name is defined in the libraries that Node loads: its versions, and their addresses. */
function libraryOf(machine) {
  const compiler = existsSync(`/usr/bin/${machine}-linux-gnu-gcc`) ? `${machine}-linux-gnu-gcc` : 'cc';
  const names = new Map();
  for (const library of ['libc.so.6', 'libm.so.6', 'libgcc_s.so.1']) {
    const file = execFileSync(compiler, [`-print-file-name=${library}`], { encoding: 'utf8' }).trim();
    for (const { address, defined, name, version } of symbolsOf(file)) {
      if (!defined || !version || version === 'GLIBC_PRIVATE') continue;
      names.set(name, [...(names.get(name) ?? []), { address, library, version }]);
    }
  }
  return names;
}

/** What is wrong with a name that the dynamic linker looks up without a version. */
function unversioned(name, definitions) {
  if (definitions === undefined) return 'is in no library that Node loads';
  const versions = definitions.map(({ version }) => version.split('_'));
  const [kind, oldest] = versions.reduce((a, b) => (newer(a[1], b[1]) ? b : a));
  if (newer(oldest, FLOORS[kind])) return `came with ${kind} ${oldest}`;
  const meanings = new Set(definitions.map(({ address }) => address)).size;
  if (meanings > 1 && !EITHER.includes(name)) return 'has two meanings: the linker would take the older one';
}

/** The complaints about one file, and what it needs. */
function examine(file) {
  const machine = COMPILERS[/Machine:\s+(.*)/.exec(readelf('-h', file))[1].trim()];
  if (machine === undefined) throw new Error(`${file}: neither x64 nor arm64`);
  const imports = symbolsOf(file).filter(({ bind, defined }) => !defined && bind !== 'WEAK');
  const needed = [...readelf('-d', file).matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name);
  const versions = new Set(imports.map(({ version }) => version).filter(Boolean));
  const wrong = needed.filter((name) => !LIBRARIES.includes(name)).map((name) => `is linked with ${name}`);
  for (const version of versions) {
    const [kind, number] = version.split('_');
    if (kind === 'GLIBC' || newer(number, FLOORS[kind] ?? '0')) wrong.push(`needs ${version}`);
  }
  const plain = imports.filter(({ name, version }) => !version && !/^(napi|uv)_/.test(name));
  const library = libraryOf(machine);
  const musl = existsSync(MUSL[machine])
    ? new Set(symbolsOf(MUSL[machine]).flatMap(({ defined, name }) => (defined ? [name] : [])))
    : undefined;
  for (const { name } of plain) {
    const definitions = library.get(name);
    const complaint = unversioned(name, definitions);
    if (complaint) wrong.push(`${name} ${complaint}`);
    if (musl?.has(name) === false && definitions?.[0].library !== 'libgcc_s.so.1') {
      wrong.push(`${name} is not in musl`);
    }
  }
  const newest = [...versions].sort((a, b) => (newer(a.split('_')[1], b.split('_')[1]) ? -1 : 1));
  return { machine, needs: newest, names: plain.length, musl: musl !== undefined, wrong };
}

/** Prints a line for each file; returns whether every one keeps to the floors. */
export function report(files) {
  const results = files.map((file) => ({ file, ...examine(file) }));
  for (const { file, machine, needs, names, musl, wrong } of results) {
    const checked = musl ? 'glibc and musl' : 'glibc (musl is not installed: not checked)';
    console.log(`${file}: ${machine}, needs ${needs.join(' ')}; ${names} names of ${checked}`);
    for (const complaint of wrong) console.log(`  ${complaint}`);
  }
  return results.every(({ wrong }) => wrong.length === 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = report(process.argv.slice(2)) ? 0 : 1;
}
