/**
 * The soak of batches: clients that send, read, pause, end and reset connections at random, and an echo server in batches.
 *
 *   node build-soak/soak/batch.js --seconds 30 --clients 200 --seed 1
 *
 * It ends with an error when a client gets other bytes than it sent, when the server cannot take an answer, or
 * when a descriptor is left over.
 */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EpollSelector, OSError } from 'fd-selectors';
import { Batch } from 'fd-selectors/batch';
import { SHUT_WR, SO_LINGER, SOL_SOCKET, type Socket, socketpair } from 'fd-selectors/socket';
import { Random } from './random.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    clients: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const random = new Random(Number(values.seed));
const room = Buffer.alloc(100_000);
const openFds = (): number => readdirSync('/proc/self/fd').length;

function fail(message: string): never {
  console.error(`${message}\nseed ${values.seed}`);
  process.exit(1);
}

/** What a client sends: each byte tells its place. */
const pattern = Buffer.from(Array.from({ length: 251 * 800 }, (_, i) => i % 251));

class Client {
  readonly sock: Socket;
  sent = 0;
  received = 0;
  ended = false;

  constructor(batch: Batch) {
    const [server, client] = socketpair();
    client.setblocking(false);
    batch.add(server, undefined, { bufsize: random.pick([500, 4096, 65_536]) });
    this.sock = client;
  }

  /** Does something; `false` when it has left. */
  act(): boolean {
    const what = random.below(100);
    if (what < 45) this.#send(1 + random.below(random.pick([10, 1000, 100_000])));
    else if (what < 94) this.#read(1 + random.below(random.pick([10, 100_000])));
    else if (what < 96) this.#end();
    else if (what < 98) return this.#reset();
    return true;
  }

  #send(length: number): void {
    if (this.ended) return;
    const start = this.sent % 251;
    this.sent += this.sock.trySend(pattern.subarray(start, start + length)) ?? 0;
  }

  #read(most: number): void {
    const length = this.sock.tryRecvInto(room, most) ?? 0;
    const start = this.received % 251;
    if (room.compare(pattern, start, start + length, 0, length) !== 0) fail('a client got other bytes');
    this.received += length;
    if (this.received > this.sent) fail('a client got more than it sent');
  }

  #end(): void {
    if (!this.ended) this.sock.shutdown(SHUT_WR);
    this.ended = true;
  }

  #reset(): boolean {
    if (random.chance(0.3))
      this.sock.setsockopt(SOL_SOCKET, SO_LINGER, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]));
    this.sock.close();
    return false;
  }

  /** Gets all of its answers. */
  finish(serve: () => void): void {
    this.#end();
    for (let idle = 0; this.received < this.sent && idle < 1000; idle++) {
      const before = this.received;
      serve();
      this.#read(100_000);
      if (this.received > before) idle = 0;
    }
    if (this.received !== this.sent) fail(`a client got ${this.received} of ${this.sent} bytes`);
  }
}

function serve(batch: Batch): number {
  let events = 0;
  for (const { socket, start, end, length, ended } of batch.receive(0)) {
    events++;
    if (socket === undefined) fail('an event without a socket');
    if (length > 0 && !ended) {
      const taken = socket.send(batch.arena, start, end);
      if (taken !== length) fail(`the server took ${taken} of ${length} bytes`);
    } else if (ended) socket.closeWhenSent();
    // A loop that leaves early loses nothing.
    if (random.chance(0.01)) break;
  }
  return events;
}

console.log(`seed ${values.seed}`);
const before = openFds();
const sel = new EpollSelector();
const batch = new Batch(sel, { arena: 70_000, limit: 200_000 });
const clients: Client[] = [];
const until = performance.now() + Number(values.seconds) * 1e3;
let events = 0;
let lives = 0;
while (performance.now() < until) {
  if (clients.length < Number(values.clients)) clients.push(new Client(batch));
  for (let acts = random.below(50); acts > 0 && clients.length > 0; acts--) {
    const at = random.below(clients.length);
    try {
      if (clients[at]?.act() === true) continue;
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      (clients[at] as Client).sock.close();
    }
    clients.splice(at, 1);
    lives++;
  }
  events += serve(batch);
}
for (const client of clients) {
  client.finish(() => {
    events += serve(batch);
  });
  client.sock.close();
}
while (sel.getMap().size > 0) events += serve(batch);
batch.close();
sel.close();
console.log(`${lives} lives of clients, ${events} events`);
const left = openFds() - before;
if (left !== 0) fail(`${left} descriptors are left over`);
console.log('no violation, and no descriptor left over');
