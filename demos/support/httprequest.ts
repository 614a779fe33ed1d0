/** The grammar of a request. What can be read in two ways is refused. */

/** Bytes of a body; we skip bodies. */
const LARGEST_BODY = 1024 * 1024;

export const KEEP = 'Connection: keep-alive\r\n';
export const CLOSE = 'Connection: close\r\n';

/** A request as it was understood. */
export interface Request {
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes of the body. */
  readonly length: number;
  /** What the answer says about the connection. */
  readonly connection: '' | typeof KEEP | typeof CLOSE;
}

/** A request that is not understood, or asks too much: the status is the last answer on the connection. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

const REQUEST_LINE = /^([\w!#$%&'*+.^`|~-]+) ([!-~]+) HTTP\/(\d)\.(\d)$/;
const FIELD_LINE = /^([\w!#$%&'*+.^`|~-]+):([\t -~\x80-\xff]*)$/;
/** Fields that would make two readers of a request disagree if it had them twice. */
const ONCE = new Set(['host', 'content-length', 'transfer-encoding']);

/** Understands the head of a request, without the empty line at its end; throws a {@link Refusal}. */
export function parse(head: string): Request {
  const lines = head.split('\r\n');
  const [, method, target, major, minor] = REQUEST_LINE.exec(lines[0] as string) ?? [];
  if (method === undefined || target === undefined) throw new Refusal(400);
  if (major !== '1') throw new Refusal(505);
  const headers = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) {
    const [, field, text] = FIELD_LINE.exec(lines[i] as string) ?? [];
    if (field === undefined || text === undefined) throw new Refusal(400);
    const name = field.toLowerCase();
    const before = headers.get(name);
    if (before !== undefined && ONCE.has(name)) throw new Refusal(400);
    headers.set(name, before === undefined ? text.trim() : `${before}, ${text.trim()}`);
  }
  const host = headers.get('host') ?? (minor === '0' ? '' : ' ');
  if (!/^[\w.:[\]-]*$/.test(host)) throw new Refusal(400);
  const length = lengthOf(headers, minor === '0');
  const wishes = headers.get('connection')?.toLowerCase().split(/[ ,]+/);
  // A client that asks before it sends a body may not send it once it has the answer.
  const ends = wishes?.includes('close') || (length > 0 && headers.has('expect'));
  const connection = ends ? CLOSE : minor !== '0' ? '' : wishes?.includes('keep-alive') ? KEEP : CLOSE;
  return { method, target, headers, length, connection };
}

/** How long the body is. Where a request begins that we see elsewhere than a proxy did, requests are smuggled. */
function lengthOf(headers: ReadonlyMap<string, string>, isOld: boolean): number {
  const text = headers.get('content-length');
  if (headers.has('transfer-encoding')) throw new Refusal(text !== undefined || isOld ? 400 : 411);
  if (text === undefined) return 0;
  if (!/^\d+$/.test(text)) throw new Refusal(400);
  if (Number(text) > LARGEST_BODY) throw new Refusal(413);
  return Number(text);
}

/** The path in the target of a request, decoded; it never leads upwards. Throws a {@link Refusal}. */
export function pathOf(target: string): string {
  const [encoded = ''] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1);
  const path = decoded(encoded === '' ? '/' : encoded).replace(/\/{2,}/g, '/');
  if (!path.startsWith('/') || path.includes('\0') || path.split('/').includes('..')) throw new Refusal(400);
  return path;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400);
  }
}
