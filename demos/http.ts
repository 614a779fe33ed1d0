/**
 * Server: HTTP in batches, for browsers and for `wrk`
 *
 * It serves the files of a folder: several requests on one connection, one after the other or all at once
 * (pipelining), parts of files (ranges), and only what has changed (ETag). It waits for sockets with a
 * batch and for the disk with Node's thread pool, both on one event loop: `receiveAsync()`. One native call receives
 * from all clients that have sent something, and one sends all answers.
 *
 * The idea to look for: a connection is a small state machine, and `turn()` advances it as far as possible without
 * waiting: queue pending data, then the next piece of a file, then the next request. It returns what it waits
 * for, and is called again when that has come. The rest is distrust: a request that could be read in two
 * ways is refused, and everything that a client can make large or slow has a limit.
 *
 * Order: 52
 */
import { EVENT_READ, EVENT_WRITE } from 'fd-selectors';
import type { BatchEvent } from 'fd-selectors/batch';
import { createServer, IPPROTO_TCP, TCP_NODELAY } from 'fd-selectors/socket';
import { type BatchMachine, BatchMachines } from './support/batchmachines.js';
import { Folder, Slice } from './support/files.js';
import { type Answer, answerTo } from './support/httpfile.js';
import { CLOSE, parse, pathOf, Refusal, type Request } from './support/httprequest.js';
import { dateText, REASONS } from './support/httptext.js';
import { Inbox } from './support/inbox.js';
import { log, logListening } from './support/log.js';
import { integer, parseOptions, refuse, seconds } from './support/options.js';
import { Outbox } from './support/outbox.js';

/** Bytes of a request's head. */
const LARGEST_HEAD = 16 * 1024;
/** Bytes of answers after which the next request has to wait: in the batch, and as many beside it. */
const MOST_OWED = 64 * 1024;
/** Milliseconds that a client has for reading the last answer. */
const LINGER = 20_000;
const UNAVAILABLE: Answer = { status: 503, headers: 'Retry-After: 1\r\n' };

const values = parseOptions({
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  root: { type: 'string', default: '.' },
  timeout: { type: 'string', default: '10' },
  quiet: { type: 'boolean', default: false },
});
/** Milliseconds that a client may take for a request, before the next one, and to read a piece of an answer. */
const patience = 1000 * seconds('timeout', values.timeout, 0.1, 3600);
const folder = await Folder.open(values.root).catch((error) => refuse(`--root: ${error.message}`));

class Connection implements BatchMachine {
  readonly socket: BatchMachine['socket'];
  deadline = performance.now() + patience;
  readonly #name: string;
  readonly #input = new Inbox();
  readonly #owed = new Outbox();
  /** What comes after what is owed. */
  readonly #rest: (Uint8Array | Slice)[] = [];
  /** Bytes of a body that are still to be ignored. */
  #skip = 0;
  #waitsForDisk = false;
  #hasEnded = false;
  #isLast = false;
  #lingers = false;
  /** Whether it was still reading when it was last looked at. */
  #isReading = false;

  constructor(socket: BatchMachine['socket'], name: string) {
    this.socket = socket;
    this.#name = name;
    socket.fileobj.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  }

  /** Takes what has arrived, does all that can be done without waiting, and says what to wait for. */
  turn(event?: BatchEvent): number | undefined {
    const waited = this.#input.length === 0 || event?.events === EVENT_WRITE;
    if (waited && !this.#lingers) this.deadline = performance.now() + patience;
    if (event?.ended) this.#hasEnded = true;
    else if (event?.length) this.#input.take(machines.batch.arena, event.start, event.end);
    const next = this.#progress();
    this.#input.keep();
    return next;
  }

  /** Returns what to wait for; undefined at the end of the connection. */
  #progress(): number | undefined {
    while (!this.#waitsForDisk) {
      if (!this.#owed.flush(this.socket)) return EVENT_WRITE;
      if (this.#rest.length > 0) this.#sendRest();
      else if (this.#isLast) return this.#linger();
      else if (!this.#answerSome()) return this.#hasEnded ? undefined : EVENT_READ;
    }
    this.#owed.flush(this.socket); // What was answered before does not wait for the disk.
    return 0;
  }

  /** Answers what has arrived, and some of it at a time; false when no request has arrived whole. */
  #answerSome(): boolean {
    let answered = 0;
    try {
      while (!this.#isLast && !this.#waitsForDisk && this.#rest.length === 0 && this.#owed.size < MOST_OWED) {
        const head = this.#takeHead();
        if (head === undefined) break;
        this.#answer(parse(head));
        answered++;
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error.status);
    }
    return answered > 0 || this.#isLast;
  }

  /** Takes the head of the next request; undefined when it has not arrived whole. */
  #takeHead(): string | undefined {
    const input = this.#input;
    const skipped = Math.min(this.#skip, input.length);
    input.start += skipped;
    this.#skip -= skipped;
    const { bytes } = input;
    while (input.length >= 2 && bytes[input.start] === 13 && bytes[input.start + 1] === 10) input.start += 2;
    if (input.length === 0) return undefined;
    const { start, end } = input;
    const found = input.find('\r\n\r\n');
    const isWhole = found >= 0;
    const stop = isWhole ? found : end;
    if (stop - start > LARGEST_HEAD) throw new Refusal(431);
    const head = bytes.toString('latin1', start, stop);
    if (!isWhole && /(?<!\r)\n/.test(head)) throw new Refusal(400);
    if (isWhole) input.start = stop + 4;
    return isWhole ? head : undefined;
  }

  #answer(request: Request): void {
    this.#skip = request.length;
    this.#isLast = request.connection === CLOSE;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.#respond({ status: 405, headers: 'Allow: GET, HEAD\r\n' }, request);
      return;
    }
    const path = pathOf(request.target);
    const known = folder.recall(path);
    if (known !== null) this.#respond(answerTo(request, path, known), request);
    else {
      const found = folder.find(path).then((file) => answerTo(request, path, file));
      this.#waitFor(
        found.catch(() => UNAVAILABLE),
        (answer) => this.#respond(answer, request),
      );
    }
  }

  /** Owes an answer: its head, and what follows as far as it is here. */
  #respond({ status, headers, parts }: Answer, request?: Request): void {
    const title = `${status} ${REASONS[status]}`;
    const body = parts ?? [Buffer.from(`${title}\n`)];
    const length = body.reduce((sum, part) => sum + part.length, 0);
    const about = status === 304 ? headers : `${headers}Content-Length: ${length}\r\n`;
    this.#owed.text(
      `HTTP/1.1 ${title}\r\nDate: ${dateText()}\r\n${about}${request?.connection ?? CLOSE}\r\n`,
    );
    if (request?.method !== 'HEAD') this.#owe(body);
    log(`${this.#name} ${request?.method ?? 'refused'} ${request?.target ?? ''} ${title}`);
  }

  /** Owes bytes at once; a file, and what comes after it, in pieces. */
  #owe(parts: readonly (Uint8Array | Slice)[]): void {
    for (const part of parts) {
      if (part instanceof Slice || this.#rest.length > 0) this.#rest.push(part);
      else this.#owed.bytes(part);
    }
  }

  #sendRest(): void {
    const [next] = this.#rest;
    if (next instanceof Slice) {
      this.#waitFor(next.read(), (piece) => {
        if (piece === undefined) this.#rest.shift();
        else this.#owed.bytes(piece);
      });
    } else if (next !== undefined) {
      this.#rest.shift();
      this.#owed.bytes(next);
    }
  }

  /** Waits for the disk, and goes on. */
  #waitFor<T>(promise: Promise<T>, then: (result: T) => void): void {
    this.#waitsForDisk = true;
    promise.then(
      (result) => {
        if (!machines.has(this)) return;
        this.#waitsForDisk = false;
        this.deadline = performance.now() + patience;
        then(result);
        machines.turn(this);
      },
      () => machines.close(this),
    );
  }

  /** Says that no more comes, and lets the client read all: to close while it sends would reset the connection. */
  #linger(): number | undefined {
    if (!this.#lingers) this.socket.shutdownWhenSent();
    if (!this.#lingers) this.deadline = performance.now() + LINGER;
    this.#lingers = true;
    this.#input.start = this.#input.end;
    return this.#hasEnded ? undefined : EVENT_READ;
  }

  /** Answers with a status alone, after which nothing is read. */
  #refuse(status: number): void {
    this.#isLast = true;
    this.#respond({ status, headers: '' });
  }

  /** Whether its time is over. That for what comes next begins when all is sent. */
  isLate(now: number): boolean {
    const wasReading = this.#isReading;
    this.#isReading = this.socket.pending > 0;
    if (wasReading && !this.#isReading) this.deadline = now + (this.#lingers ? LINGER : patience);
    return this.deadline < now;
  }

  /** Its time is over: a client in the middle of a request is told so. */
  expire(): void {
    const isAsking = this.#input.length > 0 && this.#owed.size + this.#rest.length === 0 && !this.#isLast;
    if (isAsking) this.#refuse(408);
    if (isAsking) machines.turn(this);
    else if (!this.#waitsForDisk) machines.close(this);
  }

  end(): void {
    for (const part of this.#rest) if (part instanceof Slice) void part.close();
  }
}

/** Looks for those whose time is over. */
function sweep(): void {
  // If we are late ourselves, what has arrived meanwhile is not.
  machines.catchUp();
  const now = performance.now();
  for (const connection of machines) if (connection.isLate(now)) connection.expire();
  machines.tidy(now);
}

const server = createServer([values.host, integer('port', values.port, 0, 65535)], { backlog: 1024 });
const machines = new BatchMachines(server, MOST_OWED, LINGER, (socket, name) => new Connection(socket, name));
logListening(server.getsockname(), `serving ${values.root} by HTTP`, values.quiet);
setInterval(sweep, Math.min(1000, patience / 4));
while (true) {
  for (const event of await machines.batch.receiveAsync()) event.key.data(event);
}
