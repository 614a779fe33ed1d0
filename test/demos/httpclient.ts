/** Requests as bytes, and answers taken apart by what they say of their length. */
import type { Visitor } from '../../demos/support/visitor.js';
import { visit } from './fixture.js';
import type { DemoServer } from './process.js';

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** A request with the fields that it must have. */
export function request(line: string, ...fields: string[]): string {
  return [line, 'Host: test', ...fields, '', ''].join('\r\n');
}

/** Takes the next answer. */
export async function receive(visitor: Visitor, hasBody = true): Promise<Answer> {
  const [line = '', ...lines] = (await visitor.until('\r\n\r\n')).slice(0, -4).split('\r\n');
  const fields = lines.map((text): [string, string] => {
    const [name = '', ...value] = text.split(': ');
    return [name.toLowerCase(), value.join(': ')];
  });
  const headers = new Map(fields);
  const [, status] = /^HTTP\/1\.1 (\d\d\d) [A-Z]/.exec(line) ?? [];
  if (status === undefined) throw new Error(`this is not the head of an answer: ${line}`);
  const body = await visitor.bytes(hasBody ? Number(headers.get('content-length') ?? 0) : 0);
  return { status: Number(status), headers, body };
}

/** Asks on a connection of its own. */
export async function ask(server: DemoServer, line: string, ...fields: string[]): Promise<Answer> {
  const visitor = await visit(server);
  visitor.send(request(line, ...fields));
  const answer = await receive(visitor, !line.startsWith('HEAD'));
  visitor.close();
  return answer;
}

/** Sends bytes on a connection of its own; returns the only answer, after which the server must hang up. */
export async function askRaw(server: DemoServer, bytes: string): Promise<Answer> {
  const visitor = await visit(server);
  visitor.send(Buffer.from(bytes, 'latin1'));
  const answer = await receive(visitor);
  const rest = await visitor.rest();
  if (rest.length > 0) throw new Error(`more came than one answer: ${rest}`);
  return answer;
}
