/**
 * The client of the server models: so many at once, each connects, sends a line, gets the answer, closes, and does it
 * again until the time is up. Prints what it saw as JSON.
 */
import { EpollSelector, EVENT_READ, EVENT_WRITE, OSError } from 'fd-selectors';
import { type Socket, socket } from 'fd-selectors/socket';

/** What a load has seen. */
export interface Seen {
  /** Answers that came, and in how many seconds. */
  readonly answers: number;
  readonly seconds: number;
  /** Milliseconds from connect() to the first byte: the median, and the longest. */
  readonly median: number;
  readonly longest: number;
  /** Clients that were never answered, and those whose connection was closed or refused instead. */
  readonly waiting: number;
  readonly refused: number;
}

/** Seconds for which a load waits, once its time is up, for the very first answer. */
const MOST_PATIENCE = 4;
const LINE = Buffer.from('hello\n');
const [port = 0, clients = 0, seconds = 0, patience = 0] = process.argv.slice(2).map(Number);

const sel = new EpollSelector<() => void, Socket>();
const times: number[] = [];
let refused = 0;
const start = performance.now();
const end = start + 1e3 * seconds;
let last = start;

for (let i = 0; i < clients; i++) connect();
while (sel.getMap().size > 0) {
  // A model that has not answered anyone yet gets more time: there is nothing to tell of it otherwise.
  const grace = times.length > 0 ? patience : MOST_PATIENCE;
  const left = (end + 1e3 * grace - performance.now()) / 1e3;
  if (left <= 0) break;
  for (const [key] of sel.select(left)) key.data();
}
times.sort((a, b) => a - b);
const seen: Seen = {
  answers: times.length,
  seconds: (Math.max(last, Math.min(end, performance.now())) - start) / 1e3,
  median: times[times.length >> 1] ?? 0,
  longest: times.at(-1) ?? 0,
  waiting: sel.getMap().size,
  refused,
};
process.stdout.write(JSON.stringify(seen));

function connect(): void {
  const begun = performance.now();
  const connection = socket();
  connection.setblocking(false);
  const finish = (again: boolean): void => {
    sel.unregister(connection);
    connection.close();
    if (!again) refused++;
    else if (performance.now() < end) connect();
  };
  const step = (work: () => void) => (): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      finish(false);
    }
  };
  const receive = step(() => {
    const data = connection.tryRecv(4096);
    if (data === null) return;
    if (data.length > 0) {
      last = performance.now();
      times.push(last - begun);
    }
    finish(data.length > 0);
  });
  const send = step(() => {
    connection.send(LINE);
    sel.modify(connection, EVENT_READ, receive);
  });
  connection.connectEx(['127.0.0.1', port]);
  sel.register(connection, EVENT_WRITE, send);
}
