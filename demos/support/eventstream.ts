/** A connection of a browser: one request, and its answer or a stream of server-sent events. */
import { EVENT_READ, EVENT_WRITE } from 'fd-selectors';
import { SHUT_WR, SO_SNDBUF, SOL_SOCKET, type Socket } from 'fd-selectors/socket';
import { CLOSE, parse, Refusal, type Request } from './httprequest.js';
import { dateText, REASONS } from './httptext.js';
import { Inbox } from './inbox.js';
import type { Machine } from './machines.js';
import { Outbox } from './outbox.js';

/** Bytes of a request's head. */
const LARGEST_HEAD = 16 * 1024;
/** Milliseconds that a client may take for its request, for its answer, and for not reading events. */
const PATIENCE = 120_000;

/** Bytes that may wait in the system; Linux doubles it. */
const SEND_BUFFER = 16 * 1024;

/** A text, or `'events'` for a stream that stays open. */
export type Reply =
  | 'events'
  | { readonly status: number; readonly headers?: string; readonly type?: string; readonly body: string };

/** A browser opens a connection for each request; those with events stay. */
export class EventConnection implements Machine {
  readonly socket: Socket;
  /** Whether events are wanted here. */
  isStream = false;
  /** What the client was told last, for whoever sends the events. */
  version = -1;
  #deadline = performance.now() + PATIENCE;
  readonly #reply: (request: Request) => Reply;
  readonly #input = new Inbox();
  readonly #owed = new Outbox();
  #isAnswered = false;
  #lingers = false;

  constructor(socket: Socket, reply: (request: Request) => Reply) {
    this.socket = socket;
    this.#reply = reply;
    // An old event is of no use: few may wait in the system.
    socket.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER);
  }

  turn(events: number): number | undefined {
    const hasEnded = (events & EVENT_READ) !== 0 && this.#input.receive(this.socket) === 0;
    if (!this.#isAnswered) this.#answer();
    if (this.#isAnswered) this.#input.start = this.#input.end; // One request is all that we read.
    this.#input.keep();
    if (hasEnded) return undefined;
    if (!this.#owed.flush(this.socket)) return EVENT_READ | EVENT_WRITE;
    if (this.isStream) this.#deadline = Infinity;
    else if (this.#isAnswered) this.#linger();
    return EVENT_READ;
  }

  /** Whether an event could leave at once: a client that does not read misses some, and none are kept for it. */
  get isFree(): boolean {
    return this.isStream && this.#owed.size === 0;
  }

  /** Sends an event; turn the machine before another is given one. */
  event(data: string): void {
    this.#owed.text(`data: ${data}\n\n`);
    this.#deadline = performance.now() + PATIENCE;
  }

  /** Whether the client took too long. */
  isLate(now: number): boolean {
    return this.#deadline < now;
  }

  #answer(): void {
    try {
      const head = this.#takeHead();
      if (head !== undefined) this.#respond(this.#reply(parse(head)), head.startsWith('HEAD '));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#respond({ status: error.status, body: `${REASONS[error.status]}\n` }, false);
    }
  }

  /** The head of the request; undefined when it has not arrived whole. */
  #takeHead(): string | undefined {
    const { bytes, start, end } = this.#input;
    const found = this.#input.find('\r\n\r\n');
    const isWhole = found >= 0;
    if ((isWhole ? found : end) - start > LARGEST_HEAD) throw new Refusal(431);
    return isWhole ? bytes.toString('latin1', start, found) : undefined;
  }

  #respond(reply: Reply, isHead: boolean): void {
    this.#isAnswered = true;
    this.#deadline = performance.now() + PATIENCE;
    if (reply === 'events') {
      this.isStream = !isHead;
      this.#head(200, 'text/event-stream', '');
      if (!isHead) this.#owed.text('retry: 1000\n\n');
      return;
    }
    const { status, headers = '', type = 'text/plain; charset=utf-8' } = reply;
    const body = Buffer.from(reply.body);
    const length = status === 204 ? '' : `Content-Length: ${body.length}\r\n`;
    this.#head(status, type, `${headers}${length}`);
    if (!isHead && body.length > 0) this.#owed.bytes(body);
  }

  #head(status: number, type: string, headers: string): void {
    this.#owed.text(
      `HTTP/1.1 ${status} ${REASONS[status]}\r\nDate: ${dateText()}\r\nCache-Control: no-store\r\n` +
        `X-Content-Type-Options: nosniff\r\nContent-Type: ${type}\r\n${headers}${CLOSE}\r\n`,
    );
  }

  /** Says that no more comes, and waits for the client to hang up: to close before it has read could cut the answer off. */
  #linger(): void {
    if (!this.#lingers) this.socket.shutdown(SHUT_WR);
    this.#lingers = true;
  }
}
