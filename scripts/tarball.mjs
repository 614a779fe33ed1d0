/**
 * Makes the tarball that is published:
 *
 *     npm run tarball -- FOLDER [PACKED]
 *
 * PACKED is what `npm pack` made; without it, npm packs here. Its files stay as they are, with two exceptions. They are
 * put into another order: gzip finds again what stands less than 32 kB back, and declarations repeat the comments of
 * their sources. And the manifest loses its scripts and development dependencies, which only a checkout can use.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const MANIFEST = 'package/package.json';

/** A tar file is made of blocks of 512 bytes: for each file a header, and the content, padded with zeros. */
const BLOCK = 512;
const padded = (size) => Math.ceil(size / BLOCK) * BLOCK;
/** Where a header has what is used here: offset and length. */
const NAME = [0, 100];
const SIZE = [124, 12];
const CHECKSUM = [148, 8];
const TYPE = [156, 1];
const PREFIX = [345, 155];

const field = (header, [offset, length]) =>
  header
    .subarray(offset, offset + length)
    .toString('latin1')
    .replace(/\0.*/s, '');

/** The files of a tar archive: `{ name, header, content }`. */
function filesOf(archive) {
  const files = [];
  for (let at = 0; archive[at] !== 0; ) {
    const header = archive.subarray(at, at + BLOCK);
    const size = Number.parseInt(field(header, SIZE), 8);
    const name = [field(header, PREFIX), field(header, NAME)].filter(Boolean).join('/');
    if (field(header, TYPE) !== '0') throw new Error(`${name} is not a plain file, or its name is too long`);
    files.push({ name, header, content: archive.subarray(at + BLOCK, at + BLOCK + size) });
    at += BLOCK + padded(size);
  }
  return files;
}

function writeField(header, [offset, length], number) {
  header.write(`${number.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
}

/** A file with another content. The checksum of a header is counted with blanks in its own place. */
function withContent({ name, header, content: _, ...rest }, text) {
  const content = Buffer.from(text);
  const changed = Buffer.from(header);
  writeField(changed, SIZE, content.length);
  changed.fill(' ', CHECKSUM[0], CHECKSUM[0] + CHECKSUM[1]);
  writeField(
    changed,
    CHECKSUM,
    changed.reduce((sum, byte) => sum + byte),
  );
  return { ...rest, name, header: changed, content };
}

function published(text) {
  const { scripts: _scripts, devDependencies: _tools, ...manifest } = JSON.parse(text);
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** What a file is sorted by: the manifest, modules with code, declarations and source together, maps, the rest. */
function place(name) {
  if (name === MANIFEST) return '0';
  const [, module, kind, map] =
    /^package\/(?:dist|src)\/(?!demos\/|bench\/)(.*?)(\.d\.ts|\.js|\.ts)(\.map)?$/.exec(name) ?? [];
  if (module === undefined) return `3 ${name}`;
  return map ? `2 ${kind} ${module}` : `1 ${module} ${kind}`;
}

/** A packed tarball, as it is published. */
function rearrange(tarball) {
  const files = filesOf(gunzipSync(tarball))
    .map((file) => (file.name === MANIFEST ? withContent(file, published(file.content.toString())) : file))
    .map((file) => ({ ...file, place: place(file.name) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const blocks = files.flatMap(({ header, content }) => [
    header,
    content,
    Buffer.alloc(padded(content.length) - content.length),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 9, memLevel: 9 });
}

function pack(folder) {
  const args = ['pack', '--pack-destination', folder];
  const { error, signal, status } = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error || status !== 0) throw error ?? new Error(`npm pack ended with ${status ?? signal}`);
  return join(folder, readdirSync(folder)[0]);
}

const [to, given] = process.argv.slice(2);
if (to === undefined) {
  console.error('usage: npm run tarball -- FOLDER [PACKED]');
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), 'fd-selectors-tarball-'));
try {
  const packed = given ?? pack(scratch);
  const before = readFileSync(packed);
  const after = rearrange(before);
  mkdirSync(to, { recursive: true });
  const file = join(to, basename(packed));
  writeFileSync(file, after);
  console.log(`${file}: ${after.length} bytes, ${before.length} as npm packed it`);
} finally {
  rmSync(scratch, { recursive: true });
}
