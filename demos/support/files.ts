/** The files below a folder, read by Node's thread pool: a disk can keep a read waiting, and a loop must not wait. */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, realpath } from 'node:fs/promises';
import { extname } from 'node:path';

/** A file as it was when it was looked up. */
export class StaticFile {
  readonly size: number;
  readonly type: string;
  readonly etag: string;
  /** Milliseconds since 1970, in whole seconds, as HTTP has it. */
  readonly modified: number;
  /** The header fields by which a client knows it again. */
  readonly about: string;
  readonly #path: string;
  /** What is in it, unless it is large. */
  readonly #body: Buffer | undefined;

  constructor(path: string, version: string, modified: number, content: Buffer | number) {
    this.#path = path;
    this.#body = typeof content === 'number' ? undefined : content;
    this.size = typeof content === 'number' ? content : content.length;
    this.type = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
    this.etag = `"${version}"`;
    this.modified = Math.floor(modified / 1000) * 1000;
    this.about = `ETag: ${this.etag}\r\nLast-Modified: ${new Date(this.modified).toUTCString()}\r\n`;
  }

  /** The bytes from `first` up to `end`: those of a large file have to be read. */
  part(first: number, end: number): Buffer | Slice {
    return this.#body?.subarray(first, end) ?? new Slice(this.#path, first, end - first);
  }
}

/** What a path leads to: a file, a folder whose path lacks the slash at its end, or nothing. */
export type Found = StaticFile | 'folder' | undefined;

const SMALL = 128 * 1024;
const MOST_CACHED = 256;
/** Milliseconds for which what was found is believed to be there unchanged. */
const FRESH = 1000;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
};

/** A folder whose files are served. */
export class Folder {
  readonly #root: string;
  readonly #cache = new Map<string, { readonly found: Found; readonly until: number }>();

  private constructor(root: string) {
    this.#root = root;
  }

  static async open(root: string): Promise<Folder> {
    const real = await realpath(root);
    await readdir(real);
    return new Folder(real === '/' ? '' : real);
  }

  /** What was found at a path a moment ago; null if that is not known. */
  recall(path: string): Found | null {
    const entry = this.#cache.get(path);
    return entry !== undefined && performance.now() < entry.until ? entry.found : null;
  }

  /**
   * Looks a path up. Links are followed, but not out of the folder; what begins with a dot is hidden.
   *
   * @param path - decoded, beginning with a slash, without `..`.
   */
  async find(path: string): Promise<Found> {
    const found = await this.#look(path);
    this.#cache.delete(path);
    this.#cache.set(path, { found, until: performance.now() + FRESH });
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= MOST_CACHED) break;
      this.#cache.delete(oldest);
    }
    return found;
  }

  async #look(path: string): Promise<Found> {
    if (path.includes('/.')) return undefined;
    let file: FileHandle | undefined;
    try {
      const real = await realpath(`${this.#root}${path}`);
      if (real !== this.#root && !real.startsWith(`${this.#root}/`)) return undefined;
      // Without O_NONBLOCK, to open a FIFO would wait for a writer.
      file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
      const stat = await file.stat({ bigint: true });
      if (stat.isDirectory()) return path.endsWith('/') ? await this.#index(path, real) : 'folder';
      if (!stat.isFile() || path.endsWith('/')) return undefined;
      const content = stat.size <= SMALL ? await file.readFile() : Number(stat.size);
      const version = `${stat.size.toString(36)}-${stat.mtimeNs.toString(36)}`;
      return new StaticFile(real, version, Number(stat.mtimeMs), content);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'].includes(String(code)))
        return undefined;
      throw error;
    } finally {
      await file?.close();
    }
  }

  /** The page of a folder: its index.html, or a list of what is in it. */
  async #index(path: string, real: string): Promise<Found> {
    const index = await this.#look(`${path}index.html`);
    if (index !== undefined) return index;
    const entries = await readdir(real, { withFileTypes: true });
    const names = entries
      .filter(({ name }) => !name.startsWith('.'))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
    const items = names.map(
      (name) => `<li><a href="./${encodeURIComponent(name).replace('%2F', '/')}">${escapeHtml(name)}</a>`,
    );
    const title = escapeHtml(path);
    const body = Buffer.from(
      `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><ul>\n${items.join('\n')}\n</ul>\n`,
    );
    return new StaticFile('list.html', hash(body), Date.now(), body);
  }
}

/** A small checksum, FNV-1a. */
function hash(data: Uint8Array): string {
  let sum = 0x811c9dc5;
  for (const byte of data) sum = Math.imul(sum ^ byte, 0x01000193);
  return (sum >>> 0).toString(36);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A part of a large file, read piece by piece. */
export class Slice {
  readonly length: number;
  readonly #path: string;
  #position: number;
  #left: number;
  #file: FileHandle | undefined;
  #closed = false;

  constructor(path: string, first: number, length: number) {
    this.#path = path;
    this.#position = first;
    this.#left = length;
    this.length = length;
  }

  /**
   * The next piece; undefined when there is none left, and the file is closed.
   *
   * @throws when the file has become shorter, or cannot be read any more.
   */
  async read(): Promise<Buffer | undefined> {
    if (this.#left === 0) {
      await this.close();
      return undefined;
    }
    this.#file ??= await open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (this.#closed) await this.close();
    if (this.#file === undefined) return undefined;
    const buffer = Buffer.allocUnsafeSlow(Math.min(this.#left, SMALL));
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#position);
    if (bytesRead === 0) throw new Error(`${this.#path} has become shorter`);
    this.#position += bytesRead;
    this.#left -= bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  /** Gives the file back; a read that is under way is finished before. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#closed = true;
    this.#file = undefined;
    await file?.close();
  }
}
