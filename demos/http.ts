/**
 * Server: HTTP on a selector, for browsers and for `wrk`
 *
 * It serves the files of a folder: several requests on one connection, one after the other or all at once
 * (pipelining), parts of files (ranges), and only what has changed (ETag). It waits for sockets by a
 * selector and for the disk by Node's thread pool, both on one event loop: `selectAsync()`.
 *
 * The idea to look for: a connection is a small machine, and `advance()` turns it as far as it goes without
 * waiting: send what is owed, then the next piece of a file, then the next request. It says what it waits
 * for, and is turned again when that is there. The rest is distrust: a request that could be read in two
 * ways is refused, and whatever a client can make large or slow has a limit.
 *
 * Order: 52
 */
import { DefaultSelector, EVENT_READ, EVENT_WRITE, OSError } from 'fd-selectors';
import { createServer, IPPROTO_TCP, SHUT_WR, type Socket, TCP_NODELAY } from 'fd-selectors/socket';
import { tryAccept } from './support/attempt.js';
import { Folder, Slice } from './support/files.js';
import { type Answer, answerTo } from './support/httpfile.js';
import { CLOSE, parse, pathOf, Refusal, type Request } from './support/httprequest.js';
import { dateText, REASONS } from './support/httptext.js';
import { Inbox } from './support/inbox.js';
import { endInterrupted, interrupts } from './support/interrupt.js';
import { log, logListening } from './support/log.js';
import { integer, parseOptions, refuse, seconds } from './support/options.js';
import { Outbox } from './support/outbox.js';

/** Bytes of a request's head. */
const LARGEST_HEAD = 16 * 1024;
/** Bytes of answers after which the next request has to wait until they are sent. */
const MOST_OWED = 64 * 1024;
/** Milliseconds that a client has for reading the last answer. */
const LINGER = 2000;
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
const server = createServer([values.host, integer('port', values.port, 0, 65535)], { backlog: 1024 });
const sel = new DefaultSelector<(events: number) => void, { fileno(): number }>();
const connections = new Set<Connection>();

class Connection {
  readonly socket: Socket;
  /** What its socket is watched for. */
  events = 0;
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

  constructor(socket: Socket, name: string) {
    this.socket = socket;
    this.#name = name;
    socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  }

  /** The socket is ready: receives if it can, and goes on. */
  readonly turn = guarded<number>(this, (events) => {
    const waited = this.#input.length === 0 || (events & EVENT_WRITE) !== 0;
    if (waited && !this.#lingers) this.deadline = performance.now() + patience;
    if ((events & EVENT_READ) !== 0 && this.#input.receive(this.socket) === 0) this.#hasEnded = true;
    this.advance();
  });

  /** Does all that can be done without waiting, and then waits. */
  advance(): void {
    const events = this.#progress();
    this.#input.keep();
    if (events === undefined) close(this);
    else watch(this, events);
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
    const { start, end } = input;
    const found = bytes.indexOf('\r\n\r\n', start, 'latin1');
    const isWhole = found >= 0 && found + 4 <= end;
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
    const goOn = guarded<T>(this, (result) => {
      this.#waitsForDisk = false;
      this.deadline = performance.now() + patience;
      then(result);
      this.advance();
    });
    promise.then(goOn, () => close(this));
  }

  /** Says that no more comes, and lets the client read all: to close while it sends would reset the connection. */
  #linger(): number | undefined {
    if (!this.#lingers) this.socket.shutdown(SHUT_WR);
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

  /** Its time is over: a client in the middle of a request is told so. */
  expire(): void {
    const isAsking = this.#input.length > 0 && this.events === EVENT_READ && !this.#isLast;
    if (isAsking) this.#refuse(408);
    if (isAsking) this.advance();
    else if (!this.#waitsForDisk) close(this);
  }

  end(): void {
    for (const part of this.#rest) if (part instanceof Slice) void part.close();
    this.socket.close();
  }
}

/** A step of a connection, which costs that connection and nothing else if the system refuses it. */
function guarded<T>(connection: Connection, step: (argument: T) => void): (argument: T) => void {
  return (argument) => {
    if (!connections.has(connection)) return;
    try {
      step(argument);
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      close(connection);
    }
  };
}

function watch(connection: Connection, events: number): void {
  const { socket, turn } = connection;
  if (events === connection.events) return;
  if (connection.events === 0) sel.register(socket, events, turn);
  else if (events === 0) sel.unregister(socket);
  else sel.modify(socket, events, turn);
  connection.events = events;
}

function close(connection: Connection): void {
  if (!connections.delete(connection)) return;
  watch(connection, 0);
  connection.end();
}

function accept(): void {
  for (;;) {
    const accepted = tryAccept(server);
    if (accepted === 'shortage') sel.unregister(server); // For a while: see the sweep.
    if (accepted === null || accepted === 'shortage') return;
    const connection = new Connection(...accepted);
    connections.add(connection);
    watch(connection, EVENT_READ);
  }
}

/** Looks for those whose time is over. */
function sweep(): void {
  const now = performance.now();
  for (const connection of connections) {
    if (connection.deadline < now) guarded(connection, () => connection.expire())(undefined);
  }
  if (!sel.getMap().has(server)) sel.register(server, EVENT_READ, accept);
}

server.setblocking(false);
sel.register(server, EVENT_READ, accept);
sel.register(interrupts, EVENT_READ, () =>
  endInterrupted([server, ...[...connections].map((one) => one.socket)]),
);
logListening(server.getsockname(), `serving ${values.root} by HTTP`, values.quiet);
setInterval(sweep, Math.min(1000, patience / 4));
while (true) {
  for (const [key, events] of await sel.selectAsync()) key.data(events);
}
