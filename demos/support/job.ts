/** The job that every model does: read one message from each of several slow clients, and show when what happened. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EVENT_READ, PollSelector } from 'fd-selectors';
import { read } from 'fd-selectors/fds';
import { createServer, type Socket } from 'fd-selectors/socket';
import { endIfInterrupted, endInterrupted, interrupts } from './interrupt.js';
import { requireDescriptors } from './limits.js';
import { integer, parseOptions, seconds } from './options.js';
import { legend, type Phase, row } from './phases.js';
import { line } from './progress.js';

/** Bytes of a message: it arrives in one piece. */
export const SIZE = 16_000;
/** Seconds that the clients may take to connect. */
const PATIENCE = 60;

/** A client whose message is to be read. */
export interface Client {
  readonly number: number;
  readonly connection: Socket;
  fileno(): number;
}

/** What `compare` gets from a model. */
export interface Report {
  readonly wall: number;
  readonly cpu: number;
  readonly deaf: number;
  readonly calls: Readonly<Record<string, number>>;
}

const values = parseOptions({
  clients: { type: 'string', default: '4' },
  slowest: { type: 'string', default: '0.4' },
  'no-uring': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
});
const count = integer('clients', values.clients, 1, 100);
const slowest = 1e3 * seconds('slowest', values.slowest, 0.01, 10);
requireDescriptors(count);

/** Whether the asynchronous model shall do without io_uring. */
export const withoutUring = values['no-uring'];

/** When each client sends its message, in milliseconds: neither all at once nor in order. */
function delays(): number[] {
  return Array.from({ length: count }, (_, i) => (slowest * (((i * 3 + 2) % count) + 1)) / count);
}

/** Waits for the next client, or Ctrl-C, which also ends the clients that have yet to connect. */
function accept(server: Socket): [Socket, unknown] {
  using sel = new PollSelector();
  for (const one of [server, interrupts]) sel.register(one, EVENT_READ);
  for (const [{ fileobj }] of sel.select(PATIENCE)) if (fileobj === interrupts) endInterrupted([server]);
  return server.accept();
}

const nanoseconds = (): number => Number(process.hrtime.bigint());

/** One run. */
export class Job {
  readonly clients: Client[] = [];
  readonly #start: number;
  readonly #cpu: NodeJS.CpuUsage;
  readonly #calls: Record<string, number> = {};
  readonly #thread: Phase[] = [];
  #deaf = 0;
  #last: [start: number, end: number] = [0, 0];

  /** Connects the clients, and tells them to start. */
  constructor() {
    const server = createServer(['127.0.0.1', 0], { backlog: count });
    server.settimeout(PATIENCE);
    const [, port] = server.getsockname() as [string, number];
    const script = fileURLToPath(new URL('slowclients.js', import.meta.url));
    const args = [script, port, SIZE, ...delays()].map(String);
    spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }).unref();
    for (let i = 0; i < count; i++) {
      const [connection] = accept(server);
      const number = Buffer.alloc(1);
      read(connection, number);
      const [i = 0] = number;
      this.clients[i] = { number: i, connection, fileno: () => connection.fileno() };
    }
    server.close();
    if (!values.json) legend(this.#total);
    for (const { connection } of this.clients) connection.send(Uint8Array.of(0));
    this.#start = nanoseconds();
    this.#cpu = process.cpuUsage();
  }

  /** Milliseconds since the clients were told to start. */
  get now(): number {
    return (nanoseconds() - this.#start) / 1e6;
  }

  /** What the rows show: the slowest client, and a little more. */
  get #total(): number {
    return slowest * 1.1;
  }

  /** Makes a system call, counts it, and notes how long it held the thread. A result of null is EAGAIN. */
  call<T>(name: string, make: () => T): T {
    const start = this.now;
    const result = make();
    const end = this.now;
    this.#calls[name] = (this.#calls[name] ?? 0) + 1;
    this.#last = [start, end];
    const mark = result === null ? 'asking' : 'blocked';
    const before = this.#thread.at(-1);
    // Calls without a pause between them are one stretch.
    if (before?.mark === mark && start - before.end < 1) before.end = end;
    else if (mark === 'asking' || end - start >= 1) this.#thread.push({ mark, start, end });
    return result;
  }

  /** A client's message has been read, by the last call unless it is said when: prints its row. */
  got(client: Client, message: Uint8Array, [called, end] = this.#last): void {
    endIfInterrupted(this.clients.map(({ connection }) => connection));
    if (message.length !== SIZE) throw new Error(`client ${client.number} sent ${message.length} bytes`);
    const view = Buffer.from(message.buffer, message.byteOffset, message.length);
    const sent = (Number(view.readBigInt64LE()) - this.#start) / 1e6;
    const start = Math.min(end, Math.max(sent, called));
    const unread = Math.max(0, start - sent);
    this.#deaf = Math.max(this.#deaf, unread);
    if (values.json) return;
    const phases: Phase[] = [
      { mark: 'wait', start: 0, end: sent },
      ...(unread >= 1 ? [{ mark: 'ready', start: sent, end: start } as const] : []),
      { mark: 'copy', start, end },
    ];
    const said = unread >= 1 ? `, read ${Math.round(unread)} ms later` : '';
    row(`client ${client.number}`, phases, this.#total, `sent at ${Math.round(sent)} ms${said}`);
  }

  /** Closes the connections, and prints what it took. */
  end(remark: string): void {
    const wall = this.now;
    const { user, system } = process.cpuUsage(this.#cpu);
    const report: Report = { wall, cpu: (user + system) / 1e3, deaf: this.#deaf, calls: this.#calls };
    for (const { connection } of this.clients) connection.close();
    if (values.json) {
      line(JSON.stringify(report));
      return;
    }
    row('the thread', this.#thread, this.#total, remark);
    const calls = Object.entries(this.#calls).map(([name, times]) => `${name} ${times}`);
    line(`\n${Math.round(wall)} ms, of which the processor worked ${Math.round(report.cpu)} ms`);
    line(`system calls: ${calls.join(', ')}`);
    line(`no message lay unread for longer than ${this.#deaf.toFixed(1)} ms`);
  }
}
