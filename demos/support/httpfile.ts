/** What a request gets of a file: all of it, parts of it, or the word that it has it already. */
import type { Found, Slice, StaticFile } from './files.js';
import type { Request } from './httprequest.js';

/** An answer without what all answers have. Where there are no parts, the status is all that there is to say. */
export interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly parts?: readonly (Uint8Array | Slice)[];
}

const MOST_RANGES = 8;
/** Stands between the parts of an answer. */
const BOUNDARY = 'fd-selectors-part';

/** The answer to a request for what was found at a path. */
export function answerTo(request: Request, path: string, found: Found): Answer {
  if (found === undefined) return { status: 404, headers: '' };
  if (found === 'folder')
    return { status: 301, headers: `Location: ${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}/\r\n` };
  if (isUnchanged(found, request.headers)) return { status: 304, headers: found.about, parts: [] };
  const ranges = request.method === 'GET' ? rangesOf(found, request.headers) : undefined;
  const { size, type } = found;
  const headers = `${found.about}Accept-Ranges: bytes\r\nContent-Type: `;
  if (ranges === undefined)
    return { status: 200, headers: `${headers}${type}\r\n`, parts: [found.part(0, size)] };
  const [range] = ranges;
  if (range === undefined) return { status: 416, headers: `Content-Range: bytes */${size}\r\n` };
  if (ranges.length > 1) return severalParts(found, ranges, headers);
  return {
    status: 206,
    headers: `${headers}${type}\r\n${contentRange(range, size)}`,
    parts: [found.part(range[0], range[1] + 1)],
  };
}

/** An answer that is made of parts with headers of their own: multipart/byteranges. */
function severalParts(file: StaticFile, ranges: readonly Range[], headers: string): Answer {
  const parts = ranges.flatMap((range) => [
    Buffer.from(`\r\n--${BOUNDARY}\r\nContent-Type: ${file.type}\r\n${contentRange(range, file.size)}\r\n`),
    file.part(range[0], range[1] + 1),
  ]);
  parts.push(Buffer.from(`\r\n--${BOUNDARY}--\r\n`));
  return { status: 206, headers: `${headers}multipart/byteranges; boundary=${BOUNDARY}\r\n`, parts };
}

function contentRange([first, last]: Range, size: number): string {
  return `Content-Range: bytes ${first}-${last}/${size}\r\n`;
}

/** Whether a client has this very file already: it says which one it has, or of when. */
function isUnchanged({ etag, modified }: StaticFile, headers: ReadonlyMap<string, string>): boolean {
  const tags = headers.get('if-none-match');
  if (tags === undefined) return Date.parse(headers.get('if-modified-since') ?? '') >= modified;
  return tags === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** The first and the last byte of a part of a file. */
type Range = readonly [first: number, last: number];

/** The parts of a file that a request asks for: none if it has none of them, undefined for the whole. */
function rangesOf(
  { size, etag, modified }: StaticFile,
  headers: ReadonlyMap<string, string>,
): Range[] | undefined {
  const [, list] = /^bytes=(.*)$/i.exec(headers.get('range') ?? '') ?? [];
  const only = headers.get('if-range');
  const isOther = only !== undefined && only !== etag && Date.parse(only) !== modified;
  const texts = list?.split(',') ?? [];
  if (isOther || texts.length === 0 || texts.length > MOST_RANGES) return undefined;
  const ranges: Range[] = [];
  for (const text of texts) {
    const [, from, to] = /^[ \t]*(\d*)-(\d*)[ \t]*$/.exec(text) ?? [];
    if (from === undefined || to === undefined || from + to === '') return undefined;
    if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
    const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
    const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
    if (first <= last) ranges.push([first, last]);
  }
  return ranges;
}
