/** The clients: thousands of connections in one process, which send, read slowly, close and reset. See main.ts. */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EpollSelector, EVENT_READ, EVENT_WRITE } from 'fd-selectors';
import { createConnection, SO_LINGER, SO_RCVBUF, SOL_SOCKET, type Socket } from 'fd-selectors/socket';
import { Random } from '../soak/random.js';
import { Memory } from './memory.js';
import { bytesAt } from './stream.js';

/** One connection in so many does not read for seconds. */
const SLOW = 20;
/** Bytes under way, at most. */
const WINDOW = 16_384;
const SLOW_WINDOW = 1 << 20;
/** The kernel's buffers of a slow reader, so that the server soon has to wait. */
const SLOW_BUFFER = 16_384;
/** How many connections are closed, and how many reset, each second. */
const ENDS = 20;
/** Seconds in which what is under way must have come back. */
const PATIENCE = 60;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '' },
    connections: { type: 'string', default: '' },
    seconds: { type: 'string', default: '' },
    seed: { type: 'string', default: '' },
  },
});
const random = new Random(Number(values.seed));
const sel = new EpollSelector<Connection>();
const buffer = Buffer.allocUnsafeSlow(65_536);
const totals = { opened: 0, closed: 0, reset: 0, dropped: 0, wrong: 0, bytes: 0, naps: 0 };
/** Those that do not read now, with the time at which they do again. */
const asleep = new Map<Connection, number>();
const live: Connection[] = [];

class Connection {
  readonly id = totals.opened++;
  readonly sock: Socket = createConnection(['127.0.0.1', Number(values.port)]);
  readonly slow = this.id % SLOW === 0;
  readonly window = this.slow ? SLOW_WINDOW : WINDOW;
  sent = 0;
  received = 0;
  /** It sends no more, and ends once all has come back. */
  ending = false;

  constructor() {
    if (this.slow) this.sock.setsockopt(SOL_SOCKET, SO_RCVBUF, SLOW_BUFFER);
    this.sock.setblocking(false);
    sel.register(this.sock, EVENT_WRITE, this);
  }

  watch(events: number): void {
    sel.modify(this.sock, events, this);
  }

  /** Sends until the window is full, or the socket. */
  send(): void {
    const most = Math.min(this.window - (this.sent - this.received), 65_536);
    const length = this.slow ? most : 1 + random.below(most);
    const taken = this.sock.trySend(bytesAt(this.id, this.sent, length));
    this.sent += taken ?? 0;
    // Full: now the server has to wait.
    if (!this.slow) this.watch(EVENT_READ);
    else if (taken === null || this.sent - this.received >= this.window) this.sleep();
  }

  sleep(): void {
    totals.naps++;
    sel.unregister(this.sock);
    asleep.set(this, performance.now() + 500 + random.below(2000));
  }

  wake(): void {
    asleep.delete(this);
    sel.register(this.sock, EVENT_READ, this);
  }

  receive(): void {
    const length = this.sock.tryRecvInto(buffer);
    if (length === null) return;
    if (length === 0) {
      this.#eof();
      return;
    }
    if (bytesAt(this.id, this.received, length).compare(buffer, 0, length) !== 0) totals.wrong++;
    this.received += length;
    totals.bytes += length;
    if (this.received < this.sent || this.ending) return;
    this.watch(EVENT_WRITE);
  }

  #eof(): void {
    if (this.ending && this.received === this.sent) totals.closed++;
    else totals.dropped++;
    this.close();
  }

  /** Sends no more: the server echoes the rest, and closes. */
  finish(): void {
    if (this.ending) return;
    this.ending = true;
    if (asleep.has(this)) this.wake();
    else this.watch(EVENT_READ);
    this.sock.shutdown(1);
  }

  /** Ends at once, with bytes under way. */
  reset(): void {
    if (this.ending) return;
    totals.reset++;
    // l_onoff, l_linger
    this.sock.setsockopt(SOL_SOCKET, SO_LINGER, Int32Array.of(1, 0));
    this.close();
  }

  close(): void {
    if (!asleep.delete(this)) sel.unregister(this.sock);
    this.sock.close();
    live.splice(live.indexOf(this), 1);
  }
}

/** Handles what is ready within some seconds. */
function turn(seconds: number): void {
  for (const [{ data: connection }, events] of sel.select(seconds)) {
    try {
      if ((events & EVENT_WRITE) !== 0) connection.send();
      else connection.receive();
    } catch (error) {
      console.error(String(error));
      totals.dropped++;
      connection.close();
    }
  }
  const now = performance.now();
  for (const [connection, until] of asleep) if (until <= now) connection.wake();
}

function open(count: number): void {
  while (live.length < count) {
    live.push(new Connection());
    // What is open already goes on meanwhile.
    if (live.length % 100 === 0) turn(0);
  }
}

const openFds = (): number => readdirSync('/proc/self/fd').length;
const before = openFds();
const count = Number(values.connections);
open(count);
const memory = new Memory();
const start = performance.now();
const end = start + Number(values.seconds) * 1000;
const every = Math.max(250, (end - start) / 60);
let nextSample = start + every;
let nextEnds = start;
while (performance.now() < end) {
  turn(0.1);
  const now = performance.now();
  if (now >= nextEnds) {
    nextEnds = now + 1000;
    for (let i = 0; i < ENDS; i++) {
      random.pick(live).reset();
      random.pick(live).finish();
    }
    open(count);
  }
  if (now >= nextSample) {
    nextSample = now + every;
    memory.sample();
  }
}
for (const connection of [...live]) connection.finish();
for (const limit = performance.now() + PATIENCE * 1000; live.length > 0 && performance.now() < limit; )
  turn(0.1);
const lost = live.length;
sel.close();
const left = openFds() - before + 1;
console.log(JSON.stringify({ ...totals, lost, left, memory: memory.report() }));
