/**
 * Page: what a loop sees, live in a browser, on select, poll or epoll
 *
 * It prints an address to open. The page there shows a loop at work: each registered descriptor is a tile
 * that lights up when `select()` returns it, and the time of each call is measured. Choose the system call,
 * and how many connections are idle and active. The page is sent by sockets of this package, too, and only
 * to this machine. It serves until Ctrl-C, or for so many seconds with `--seconds`.
 *
 * The idea to look for: add idle connections, on which nothing ever arrives. select and poll take longer
 * with each of them, because every call looks at every descriptor. epoll stays as fast as it was, because
 * the kernel notes who is ready when it happens: a call costs what is ready, not what is registered.
 *
 * Order: 61
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type BaseSelector, EVENT_READ } from 'fd-selectors';
import { FD_SETSIZE } from 'fd-selectors/select';
import { createServer, type Socket, socketpair } from 'fd-selectors/socket';
import { EventConnection, type Reply } from './support/eventstream.js';
import type { Request } from './support/httprequest.js';
import { adviseShortage, descriptorLimit } from './support/limits.js';
import { log, logListening } from './support/log.js';
import { Machines } from './support/machines.js';
import { integer, parseOptions, refuse, seconds } from './support/options.js';
import { BadQuery, changed, type Limits, SELECTORS, type Settings } from './support/watchsettings.js';

const HOST = '127.0.0.1';
/** Milliseconds between two calls of `select()`, and calls for each event that the page gets. */
const PAUSE = 20;
const CALLS_PER_EVENT = 5;
/** Of how many calls the median is taken. */
const WINDOW = 50;
/** Tiles that the page draws; of more it gives the number. */
const MOST_TILES = 600;
/** Descriptors that we leave free: for visitors, and for Node. */
const SPARE = 64;
const MOST: Limits = { idle: 5000, active: 50 };
const MESSAGE = Buffer.from('message');

const values = parseOptions({
  port: { type: 'string', default: '0' },
  seconds: { type: 'string', default: '' },
});
const port = integer('port', values.port, 0, 65535);
const duration = values.seconds === '' ? undefined : seconds('seconds', values.seconds, 0.1, 86400);

/** The loop that is measured: it owns both ends of each connection, and writes to some before each call. */
class Loop {
  settings: Settings = { selector: 'epoll', idle: Math.min(200, most.idle), active: 12 };
  /** Which settings these are; it counts up. */
  version = 0;
  calls = 0;
  /** Descriptors too high for select. */
  beyond = 0;
  /** What the last call returned, and how long each of the last ones took, in microseconds. */
  #ready: readonly number[] = [];
  #times: number[] = [];
  #sel: BaseSelector<undefined, Socket> | undefined;
  /** Active connections first. Nobody writes to the others. */
  readonly #pairs: (readonly [near: Socket, far: Socket])[] = [];
  readonly #buffer = Buffer.alloc(65536);

  /** Opens as many connections as wanted, and registers one end of each. */
  open(settings: Settings): void {
    this.#sel?.close();
    this.#sel = new SELECTORS[settings.selector]();
    this.settings = settings;
    this.#resize(settings.active + settings.idle);
    this.beyond = 0;
    for (const [near] of this.#pairs) {
      // An fd_set of select is a bitmap of FD_SETSIZE bits: there is none for a higher descriptor.
      if (settings.selector === 'select' && near.fileno() >= FD_SETSIZE) this.beyond++;
      else this.#sel.register(near, EVENT_READ);
    }
    this.#times = [];
    this.version++;
  }

  get isOpen(): boolean {
    return this.#sel !== undefined;
  }

  close(): void {
    this.#sel?.close();
    this.#sel = undefined;
    this.#resize(0);
  }

  #resize(count: number): void {
    for (const pair of this.#pairs.splice(count)) for (const end of pair) end.close();
    try {
      while (this.#pairs.length < count) {
        const pair = socketpair();
        for (const end of pair) end.setblocking(false);
        this.#pairs.push(pair);
      }
    } catch (error) {
      if (!adviseShortage(error)) throw error; // Else the page shows as many as there are.
    }
  }

  /** One turn: messages arrive on a third of the active connections; we ask who is ready, and read. */
  turn(): void {
    if (this.#sel === undefined) return;
    this.#pairs.slice(0, this.settings.active).forEach(([, far], i) => {
      if ((i + this.calls) % 3 === 0) far.trySend(MESSAGE);
    });
    const start = process.hrtime.bigint();
    const ready = this.#sel.select(0);
    const end = process.hrtime.bigint();
    for (const [{ fileobj }] of ready) fileobj.tryRecvInto(this.#buffer);
    this.#ready = ready.map(([{ fd }]) => fd);
    this.#times.push(Number(end - start) / 1e3);
    if (this.#times.length > WINDOW) this.#times.shift();
    this.calls++;
  }

  /** All that the page shows, but for the tiles. */
  state() {
    const sorted = this.#times.toSorted((a, b) => a - b);
    return {
      ...this.settings,
      version: this.version,
      watched: this.#pairs.length - this.beyond,
      beyond: this.beyond,
      calls: this.calls,
      ready: this.#ready,
      took: this.#times.at(-1),
      median: sorted[sorted.length >> 1],
      measured: sorted.length,
    };
  }

  /** The descriptors to draw. */
  tiles(): number[] {
    return this.#pairs.slice(0, MOST_TILES).map(([near]) => near.fileno());
  }
}

const limit = descriptorLimit();
const room = Math.floor((limit - readdirSync('/proc/self/fd').length - SPARE) / 2) - MOST.active;
if (room < 0) refuse(`the limit of ${limit} open descriptors is too low; raise it with ulimit -n`);
const most: Limits = { ...MOST, idle: Math.min(MOST.idle, room) };
const advice =
  room < MOST.idle
    ? `The limit of ${limit} open descriptors leaves room for ${most.idle} idle connections; raise it with ulimit -n.`
    : '';

const loop = new Loop();
const PAGE: Reply = {
  status: 200,
  type: 'text/html; charset=utf-8',
  // Nothing comes from elsewhere, and nobody frames the page to have its buttons pressed.
  headers:
    "Content-Security-Policy: default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; " +
    "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n",
  body: readFileSync(new URL('../../demos/support/watch.html', import.meta.url), 'utf8'),
};
const server = createServer([HOST, port]);
const machines = new Machines(server, (socket) => new EventConnection(socket, reply), [loop]);
const [, bound] = server.getsockname();
logListening(server.getsockname(), `a page to look at: open http://${HOST}:${bound}/`, false);
if (advice !== '') log(advice);

let beats = 0;
setInterval(beat, PAUSE);
setInterval(sweep, 1000);
if (duration !== undefined) setTimeout(end, 1000 * duration);
while (true) {
  for (const [key, events] of await machines.sel.selectAsync()) key.data(events);
}

/** What a request gets. */
function reply({ method, target, headers }: Request): Reply {
  // A page from elsewhere must not steer us, not even through a name that leads to this machine.
  const own = [`${HOST}:${bound}`, `localhost:${bound}`];
  const origin = headers.get('origin');
  const isOwn = origin === undefined || own.some((name) => origin === `http://${name}`);
  if (!own.includes(headers.get('host') ?? '') || !isOwn)
    return { status: 403, body: 'This page is for this machine.\n' };
  const [path, query = ''] = target.split('?', 2);
  const allowed = path === '/settings' ? ['POST'] : ['GET', 'HEAD'];
  const isThere = path === '/' || path === '/events' || path === '/settings';
  if (!isThere) return { status: 404, body: 'Not Found\n' };
  if (!allowed.includes(method))
    return { status: 405, headers: `Allow: ${allowed.join(', ')}\r\n`, body: 'Method Not Allowed\n' };
  if (path === '/events') return 'events';
  return path === '/' ? PAGE : change(query);
}

/** Changes what all visitors see. */
function change(query: string): Reply {
  try {
    loop.open(changed(loop.settings, query, most));
    return { status: 204, body: '' };
  } catch (error) {
    if (!(error instanceof BadQuery)) throw error;
    return { status: 400, body: `${error.message}\n` };
  }
}

/** Turns the loop, and tells the visitors now and then; with nobody there to look, the loop is closed. */
function beat(): void {
  const streams = [...machines].filter(({ isStream }) => isStream);
  if (streams.length === 0) loop.close();
  else if (!loop.isOpen) loop.open(loop.settings);
  loop.turn();
  if (++beats % CALLS_PER_EVENT === 0) tell(streams);
}

/** Each event says all, so that a visitor who reads slowly misses some, and catches up with the next. */
function tell(streams: readonly EventConnection[]): void {
  const state = loop.state();
  for (const stream of streams) {
    if (!stream.isFree) continue;
    const isNews = stream.version !== loop.version;
    const news = isNews ? { tiles: loop.tiles(), most, fdSetSize: FD_SETSIZE, advice } : {};
    stream.version = loop.version;
    stream.event(JSON.stringify({ ...state, ...news }));
    machines.turn(stream);
  }
}

/** Ends the connections of those who took too long. */
function sweep(): void {
  const now = performance.now();
  for (const connection of machines) if (connection.isLate(now)) machines.close(connection);
  machines.reopen();
}

/** The time that `--seconds` gives is over. */
function end(): never {
  for (const socket of [server, ...[...machines].map(({ socket }) => socket), loop]) socket.close();
  log(`${duration} s are over: the sockets are closed`);
  process.exit(0);
}
